"""The copy of the report that a run publishes: one a day and language, kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sluice.activations.private_files import write_private
from sluice.models.errors import SluiceError
from sluice.orchestration.installation.output_files import write_output
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.build import Asked, day_of_report, gather
from sluice.orchestration.report.filters import Filters
from sluice.orchestration.report.page import Content, render
from sluice.orchestration.report.publishing import published_path
from sluice.orchestration.report.writing import OPTION, moment_of_report
from sluice.orchestration.runs.progress import tell

KEPT = "published.json"  # {file: digest of what it shows}
Manifest = Mapping[str, Any]


def publish(settings: Settings, manifest: Manifest) -> dict[str, str]:
    """{language: the day's copy, or why there is none}, in the languages of ``report.publish``.
    Where all it shows is in the copy there is, nothing is drawn. A report that cannot be
    made is said, and fails no run.
    """
    found = {}
    for language in settings.report_publish:
        try:
            found[language] = str(_publish(settings, manifest, language))
        except SluiceError as error:
            found[language] = f"not published: {error.message} -> {error.fix}"
        except Exception as error:  # its text may name values
            found[language] = f"not published: {type(error).__name__}"
        tell("report", f"report ({language}): {found[language]}")
    return found


def copy_of_day(settings: Settings, language: Any) -> Path:
    """Where the copy of the last run's day is."""
    return _copy(settings, language, moment_of_report(settings))


def _copy(settings: Settings, language: Any, moment_of: datetime) -> Path:
    day = day_of_report(settings, moment_of)
    return published_path(settings.home, day, language, _everything(settings))


def _publish(settings: Settings, manifest: Manifest, language: Any) -> Path:
    moment_of = moment_of_report(settings)
    path = _copy(settings, language, moment_of)
    asked = Asked(language, _everything(settings))
    content = gather(settings, manifest, asked, path, moment_of)
    digest, kept = _digest(content), _read(path.parent / KEPT)
    if path.is_file() and kept.get(path.name) == digest:
        return path
    write_output(path, OPTION, render(content), is_ours=True)
    with suppress(OSError):  # a saving
        kept = {name: one for name, one in kept.items() if (path.parent / name).is_file()}
        write_private(path.parent / KEPT, json.dumps({**kept, path.name: digest}))
    return path


def _digest(content: Content) -> str:
    """Of all that the page shows, but for the SQL behind it, which names the moment of the run; and
    of what draws it.
    """
    tables = [replace(one, section=replace(one.section, sql="")) for one in content.tables]
    shown = repr([version("sluice"), replace(content, tables=tables)])
    return hashlib.sha256(shown.encode()).hexdigest()


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _everything(settings: Settings) -> Filters:
    return Filters(time_zone=settings.project.config.schedule.time_zone)
