"""The report in each of its formats, written where it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.output_files import require_folder, write_output
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.past import BEFORE_ANY, last_run
from sluice.orchestration.report.build import Asked, build_page, build_tables, day_of_report
from sluice.orchestration.report.charts import draw, require_charts, to_png
from sluice.orchestration.report.labels import read_labels
from sluice.orchestration.report.publishing import published_path
from sluice.orchestration.report.reading import Table
from sluice.orchestration.report.spreadsheets import to_csv, to_xlsx
from sluice.orchestration.report.view import Reader
from sluice.orchestration.runs.state import open_ledger

OPTION = "--output"
Manifest = Mapping[str, Any]


def write_report(
    settings: Settings, manifest: Manifest, asked: Asked, format_: str, output: Path | None
) -> Path:
    """Write it, and return where: ``output``, else the day's copy in the home. Raises
    ConfigurationError.
    """
    moment_of = moment_of_report(settings)
    day = day_of_report(settings, moment_of)
    usual = published_path(settings.home, day, asked.language, asked.filters)
    path = output.expanduser().absolute() if output else usual
    is_ours = output is None
    if format_ == "html":
        if not is_ours:
            require_folder(path, OPTION)
        write_output(
            path, OPTION, build_page(settings, manifest, asked, path, moment_of), is_ours=is_ours
        )
        return path
    reader = Reader(asked.language, asked.filters, read_labels(manifest))
    tables, _ = build_tables(settings, manifest, asked.filters, None)
    if format_ == "xlsx":
        path = path.with_suffix(".xlsx") if is_ours else path
        write_output(path, OPTION, to_xlsx(tables, reader), is_ours=is_ours)
        return path
    folder = path.parent / f"{path.stem}-{format_}" if is_ours else path
    files = _csv(tables, reader) if format_ == "csv" else _png(tables, reader)
    return _write_all(folder, files)


def _csv(tables: list[Table], reader: Reader) -> dict[str, str | bytes]:
    return {f"{one.section.model}.csv": to_csv(one, reader.language) for one in tables}


def _png(tables: list[Table], reader: Reader) -> dict[str, str | bytes]:
    require_charts()
    drawn = {one.section.model: draw(one, reader.language, reader.labels) for one in tables}
    return {f"{name}.png": to_png(one.svg) for name, one in drawn.items() if one}


def _write_all(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    if folder.is_file():
        raise ConfigurationError(
            f"{folder} is a file, and csv and png are folders", f"give {OPTION} a folder"
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be made: {error.strerror}", f"give {OPTION} another folder"
        ) from error
    for name, content in files.items():
        write_output(folder / name, OPTION, content)
    return folder


def moment_of_report(settings: Settings) -> datetime:
    """The moment that a report shows: of the last run, else now; aware."""
    moment = last_run(settings.warehouse, open_ledger(settings))
    return settings.default_as_of() if moment == BEFORE_ANY else moment
