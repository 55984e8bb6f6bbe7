"""The copy of the report that a run publishes: one a day and language, kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sluice.activations.private_files import write_private
from sluice.models.errors import SluiceError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.build import Asked, build_tables, day_of_report
from sluice.orchestration.report.filters import Filters
from sluice.orchestration.report.publishing import published_path
from sluice.orchestration.report.writing import moment_of_report, write_report
from sluice.orchestration.runs.progress import tell

KEPT = "published.json"  # {file: digest of what it shows}
Manifest = Mapping[str, Any]


def publish(settings: Settings, manifest: Manifest) -> dict[str, str]:
    """{language: the day's copy, or why there is none}, in the languages of ``report.publish``.
    Where the figures are those of the copy there is, nothing is drawn. A report that cannot be
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
    day = day_of_report(settings, moment_of_report(settings))
    return published_path(settings.home, day, language, _everything(settings))


def _publish(settings: Settings, manifest: Manifest, language: Any) -> Path:
    path, digest = copy_of_day(settings, language), _digest(settings, manifest)
    kept = _read(path.parent / KEPT)
    if path.is_file() and kept.get(path.name) == digest:
        return path
    made = write_report(settings, manifest, Asked(language, _everything(settings)), "html", None)
    with suppress(OSError):  # a saving
        kept = {name: one for name, one in kept.items() if (path.parent / name).is_file()}
        write_private(path.parent / KEPT, json.dumps({**kept, made.name: digest}))
    return made


def _digest(settings: Settings, manifest: Manifest) -> str:
    """Of all figures, and of what draws them."""
    tables, problems = build_tables(settings, manifest, _everything(settings))
    shown = [[one.section.model, one.state, one.count, one.rows] for one in tables]
    text = json.dumps([version("sluice"), problems, shown], default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _everything(settings: Settings) -> Filters:
    return Filters(time_zone=settings.project.config.schedule.time_zone)
