"""Copying a playbook into a project: every file is new, or none is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from sluice.models.errors import ConfigurationError
from sluice.models.journey import NUMBERED
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.playbooks.library import Playbook
from sluice.orchestration.installation.settings import Settings

JOURNEY_NAME = re.compile("[a-z][a-z0-9_]{0,40}")


def files_of(settings: Settings, playbook: Playbook, name: str) -> dict[Path, str]:
    """{file: its text} of what a playbook writes under a name into the project. Contacts enter from
    today on, in the time zone of the schedule. Raises ConfigurationError for a name that a journey
    cannot have and where a file or model of the name is there: nothing is overwritten.
    """
    _require_name(name)
    _require_own_project(settings)
    root = settings.project.root
    files = {root / place: text for place, text in playbook.files(name, first_day(settings))}
    _require_new(settings, list(files), name)
    return files


def write_files(root: Path, files: Mapping[Path, str]) -> None:
    """Write files that are not there yet, all or none. Raises ConfigurationError."""
    made: list[Path] = []
    try:
        for path, text in files.items():
            _write(path, text, made)
    except BaseException as error:
        _take_back(made)
        if not isinstance(error, OSError):
            raise
        raise ConfigurationError(
            f"{path.relative_to(root)} cannot be written ({error.strerror}); nothing of it is left",
            "make the folder of the project writable, or choose another name, and try again",
        ) from error


def _write(path: Path, text: str, made: list[Path]) -> None:
    """Write a new file, and note it with the folders that were made for it."""
    for folder in reversed([one for one in path.parents if not one.exists()]):
        folder.mkdir()
        made.append(folder)
    with path.open("x", encoding="utf-8") as file:
        made.append(path)
        file.write(text)


def _take_back(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):  # a folder that another process wrote into
            path.rmdir() if path.is_dir() else path.unlink()


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
    if NUMBERED.search(name):
        raise ConfigurationError(
            f"'{name}' holds the number of a version, as names of its messages do",
            "name it otherwise: the version stands in its yml",
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
    for model in (path.stem for path in files if path.suffix == ".sql" and not path.exists()):
        if (file := project.models.get(model)) is not None and file.is_relative_to(root):
            taken.append(file.relative_to(root).as_posix())
        elif file is not None or model in project.switched_off:
            taken.append(model)
    if taken:
        more = len(taken) - 1
        raise ConfigurationError(
            f"{taken[0]}{f' and {more} more' if more else ''} {'are' if more else 'is'} there"
            " already: nothing is overwritten",
            f"choose another name than {name}, or remove what is there",
        )
