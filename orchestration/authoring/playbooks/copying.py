"""Copying a playbook into a project: every file is new, or none is written."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from sluice.models.errors import ConfigurationError
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.playbooks.library import Playbook
from sluice.orchestration.installation.settings import Settings

JOURNEY_NAME = re.compile("[a-z][a-z0-9_]{0,40}")


def write_playbook(settings: Settings, playbook: Playbook, name: str) -> list[Path]:
    """Write the files of a playbook under a name into the project, and return them. Contacts enter
    from today on, in the time zone of the schedule. Raises ConfigurationError for a name that a
    journey cannot have and where a file or model of the name is there: nothing is overwritten.
    """
    _require_name(name)
    root = settings.project.root
    _require_own_project(settings)
    files = {root / place: text for place, text in playbook.files(name, first_day(settings))}
    _require_new(settings, list(files), name)
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise ConfigurationError(
            f"{path.relative_to(root)} cannot be written ({error.strerror})",
            "make the folder of the project writable, remove what was written, and try again",
        ) from error
    return list(files)


def first_day(settings: Settings) -> str:
    """Today in the time zone of the schedule, as 2026-06-30; a sample has a clock of its own."""
    zone = ZoneInfo(settings.project.config.schedule.time_zone)
    return settings.default_as_of().astimezone(zone).date().isoformat()


def _require_name(name: str) -> None:
    if not JOURNEY_NAME.fullmatch(name) or "__" in name:
        raise ConfigurationError(
            f"'{name}' cannot be the name of a journey",
            "use up to 41 lower-case letters, digits and single _, beginning with a letter",
        )


def _require_own_project(settings: Settings) -> None:
    if settings.project.dbt_folder != settings.project.root:
        raise ConfigurationError(
            "the project has no dbt_project.yml of its own, so its models are not read",
            "make a project with `sluice init NAME`, and work there",
        )


def _require_new(settings: Settings, files: list[Path], name: str) -> None:
    root = settings.project.root
    taken = [path.relative_to(root).as_posix() for path in files if path.exists()]
    project = RawProject(settings.project.dbt_folder, settings.project.package)
    known = {*project.models, *project.switched_off}
    taken += [path.stem for path in files if path.suffix == ".sql" and path.stem in known]
    if taken:
        raise ConfigurationError(
            f"{taken[0]} is there already: nothing is overwritten",
            f"choose another name than {name}, or remove what is there",
        )
