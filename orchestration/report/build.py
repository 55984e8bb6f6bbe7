"""The report of a home: what is read, and what is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sluice.models.errors import ConfigurationError
from sluice.orchestration.alerts.checks import never_sent
from sluice.orchestration.alerts.words import never_sent_in_words
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.charts import has_charts
from sluice.orchestration.report.drawings import draw_journeys
from sluice.orchestration.report.executive import (
    Executive,
    Need,
    changes_since,
    figures_of,
    needs_of,
    targets_of,
)
from sluice.orchestration.report.filters import Filters
from sluice.orchestration.report.labels import known_names, read_labels
from sluice.orchestration.report.page import Content, render
from sluice.orchestration.report.publishing import previous_figures
from sluice.orchestration.report.reading import READ_ROWS, Table, read_tables
from sluice.orchestration.report.sections import PAGES, read_sections
from sluice.orchestration.report.subjects import subjects_of
from sluice.orchestration.report.values import moment
from sluice.orchestration.report.view import Reader, asked
from sluice.orchestration.report.words import say
from sluice.orchestration.warehouse.base import WarehouseError


@dataclass(frozen=True)
class Asked:
    """What a report is asked for."""

    language: Language
    filters: Filters


def last_manifest(settings: Settings) -> dict[str, Any]:
    """dbt's manifest of the last build, which is that of the tables there are; of the project as
    it is where none is kept. A fault in a file of the project then hides no report.
    """
    from sluice.orchestration.dbt.runner import Dbt

    try:
        kept = (settings.home / "dbt" / "manifest.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(kept)
    except (OSError, ValueError):  # none, or a killed run left it half written
        return Dbt(settings).manifest
    return found


def build_tables(
    settings: Settings, manifest: Mapping[str, Any], filters: Filters, most: int | None = READ_ROWS
) -> tuple[list[Table], dict[str, str]]:
    """The sections with their rows, at most so many of each; and what is wrong with the meta of
    those that are left out. Raises ConfigurationError where no run has been.
    """
    compiled, warehouse = settings.home / "dbt" / "compiled", settings.warehouse
    sections, problems = read_sections(manifest, compiled, warehouse.prefix)
    try:
        return read_tables(warehouse, sections, filters, most), problems
    except WarehouseError as error:
        raise no_report_yet() from error


def build_page(
    settings: Settings,
    manifest: Mapping[str, Any],
    asked_for: Asked,
    path: Path,
    moment_of: datetime,
) -> str:
    """The HTML; ``path`` is where it will be: it is compared with the copy published there before.
    ``moment_of``: of the run it shows, aware.
    """
    return render(gather(settings, manifest, asked_for, path, moment_of))


def gather(
    settings: Settings,
    manifest: Mapping[str, Any],
    asked_for: Asked,
    path: Path,
    moment_of: datetime,
) -> Content:
    """All that the page shows, as ``build_page`` has it."""
    language, filters = asked_for.language, asked_for.filters
    reader = Reader(language, filters, read_labels(manifest))
    tables, problems = build_tables(settings, manifest, filters)
    executive = Executive(
        needs=[
            *(Need(*never_sent_in_words(name, language)) for name in never_sent(settings)),
            *needs_of(settings.warehouse, tables, problems, reader),
        ],
        targets=targets_of(tables, reader),
    )
    if (before := previous_figures(path)) is not None:
        executive.since = moment(before[0], language)
        executive.changes = changes_since(before[1], tables, reader)
    known = known_names(manifest)
    zone = ZoneInfo(filters.time_zone)
    return Content(
        reader=reader,
        project=settings.project.config.name,
        as_of=say("as_of", language, moment(moment_of.astimezone(zone).date(), language)),
        tables=tables,
        executive=executive,
        drawings=list(draw_journeys(settings, manifest, language)),
        subjects={page: subjects_of(page, tables, known, reader) for page in PAGES},
        notes=list(_notes(tables, reader)),
        figures=figures_of(tables),
    )


def day_of_report(settings: Settings, moment_of: datetime) -> date:
    """The project's day of a moment."""
    zone = ZoneInfo(settings.project.config.schedule.time_zone)
    return moment_of.astimezone(zone).date()


def no_report_yet() -> ConfigurationError:
    """The error of a home without a run."""
    return ConfigurationError(
        "there is no report yet in this home", "run `sluice run` first, or set SLUICE_HOME"
    )


def _notes(tables: list[Table], reader: Reader) -> Iterator[str]:
    language, filters = reader.language, reader.filters
    if filters.is_set:
        yield say("filtered", language, asked(reader))
    for name in ("channel", "segment"):
        wanted = getattr(filters, name)
        cut = [one for one in tables if one.section.column(name)]
        if wanted and not any(one.state == "rows" for one in cut):
            yield say("never_used", language, say(name, language), wanted)
    if not has_charts():
        yield say("no_charts", language)
