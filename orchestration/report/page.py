"""The report as one HTML file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.drawings import STYLE, Drawing
from sluice.orchestration.report.executive import Executive
from sluice.orchestration.report.reading import Table
from sluice.orchestration.report.sections import PAGES, Page, Section, Written
from sluice.orchestration.report.subjects import Subject
from sluice.orchestration.report.view import Part, Reader, SectionView, definition_id, view
from sluice.orchestration.report.words import say

CODE = re.compile(r"`([^`]+)`")
FOLDER = Path(__file__).parent / "template"


@dataclass
class Content:
    """All that a page shows. ``as_of`` and ``notes`` are sentences; ``figures``: what a later copy
    compares itself with.
    """

    reader: Reader
    project: str
    as_of: str
    tables: Sequence[Table]
    executive: Executive
    drawings: list[Drawing] = field(default_factory=list)
    subjects: dict[Page, list[Subject]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    figures: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass
class PageView:
    """One page of it."""

    key: Page
    title: str
    sections: list[SectionView]
    drawings: list[Drawing]
    subjects: list[Subject]


def render(content: Content) -> str:
    """The HTML. Whatever comes from data is escaped; the one script is allowed by its hash."""
    reader = content.reader
    return _filled(
        "page.html.j2",
        reader.language,
        title=f"{content.project}: {say('title', reader.language)}",
        as_of=content.as_of,
        notes=content.notes,
        pages=[_page(key, content) for key in PAGES],
        executive=content.executive,
        definitions=[_definition(one.section, reader) for one in content.tables],
        figures=_json(content.figures),
    )


def render_contact(
    contact_id: int,
    lines: Sequence[Any],
    parts: Sequence[Part],
    empty: Sequence[str],
    language: Language,
) -> str:
    """The HTML of one contact: ``lines`` of the timeline, tables, and the names of empty ones."""
    return _filled(
        "contact.html.j2",
        language,
        title=say("contact", language, contact_id),
        lines=lines,
        parts=parts,
        empty=("、" if language == "zh" else ", ").join(empty),
    )


def _filled(template: str, language: Language, **content: Any) -> str:
    """A template with what every page has: words, style, the script and its hash."""
    script = (FOLDER / "script.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment = _environment()
    return environment.get_template(template).render(
        language=language,
        say=partial(_say, language),
        lang=_lang,
        tables=environment.get_template("tables.html.j2").module,
        style=Markup((FOLDER / "style.css").read_text(encoding="utf-8") + STYLE),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
        **content,
    )


def _say(language: Language, key: str, *values: object) -> str:
    return say(key, language, *values)


def _lang(text: Written) -> Markup:
    """The attribute of a text in another language than the page's."""
    return Markup(f' lang="{text.lang}"') if text.lang else Markup("")


def _marked(text: str) -> Markup:
    """A text whose `commands` and `names` are set as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["marked"] = _marked
    return made


def _page(key: Page, content: Content) -> PageView:
    sections = [view(one, content.reader) for one in content.tables if one.section.meta.page == key]
    return PageView(
        key=key,
        title=say(key, content.reader.language),
        sections=sections,
        drawings=content.drawings if key == "journeys" else [],
        subjects=content.subjects.get(key, []),
    )


def _definition(section: Section, reader: Reader) -> dict[str, Any]:
    return {
        "id": definition_id(section),
        "title": section.title(reader.language),
        "description": section.described(reader.language),
        "schema": section.schema,
        "model": section.model,
        "sql": section.sql.strip(),
        "columns": [
            {
                "name": one.name,
                "label": one.named(reader.language),
                "description": one.described(reader.language),
            }
            for one in section.columns
        ],
    }


def _json(figures: dict[str, dict[str, float]]) -> Markup:
    """JSON that no text in it can end the script of."""
    text = json.dumps(figures, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))
