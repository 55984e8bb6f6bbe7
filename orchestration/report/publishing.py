"""Where a report is written, and the copy published before it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.filters import Filters
from sluice.orchestration.report.values import slug

FOLDER = "reports"
NAME = re.compile(r"report-(\d{4}-\d\d-\d\d)(.*)\.html")
FIGURES = re.compile(r'<script type="application/json" id="figures">(.*?)</script>', re.DOTALL)


def published_path(home: Path, day: date, language: Language, filters: Filters) -> Path:
    """The copy of a day: one for each language and each choice of filters, so that a report of a
    channel does not replace that of everything.
    """
    return home / FOLDER / f"report-{day}{_suffix(language, filters)}.html"


def previous_figures(path: Path) -> tuple[date, dict[str, Any]] | None:
    """The figures of the newest copy of an earlier day, of the same language and filters."""
    found = NAME.fullmatch(path.name)
    earlier = sorted(
        (
            other
            for other in path.parent.glob("report-*.html")
            if found
            and (match := NAME.fullmatch(other.name))
            and match[2] == found[2]
            and match[1] < found[1]
        ),
        reverse=True,
    )
    for copy in earlier:
        if (match := FIGURES.search(copy.read_text(encoding="utf-8"))) is not None:
            return date.fromisoformat(copy.name[7:17]), json.loads(match[1])
    return None


def _suffix(language: Language, filters: Filters) -> str:
    parts = [
        "" if language == "en" else language,
        f"from-{filters.first}" if filters.first else "",
        f"to-{filters.last}" if filters.last else "",
        filters.channel,
        filters.segment,
    ]
    return "".join(f"_{slug(one)}" for one in parts if one)
