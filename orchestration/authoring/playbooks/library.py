"""The playbooks that come with the engine: a folder each, with files to copy and a playbook.yml,
and a folder of files that are the same in several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from sluice.models.errors import ConfigurationError
from sluice.models.journey import JourneyConfig
from sluice.orchestration.authoring.lint.jinja_rules import near

FOLDER = Path(__file__).resolve().parents[2] / "installation" / "playbooks"
SHARED = FOLDER / "shared"  # blocks of mails that a text includes, and the one line of SQL
DESCRIPTION = "playbook.yml"
NAME, STARTS_ON = "__NAME__", "__STARTS_ON__"


class Needs(BaseModel):
    """What a playbook needs of a project's data, by name, each with what it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    events: Mapping[str, str] = {}
    attributes: Mapping[str, str] = {}
    scores: Mapping[str, str] = {}
    vars: Mapping[str, str] = {}


class Description(BaseModel):
    """``playbook.yml``. ``limits``: what the playbook cannot do, or needs besides data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Mapping[Literal["en", "zh"], str]
    summary: str
    needs: Needs
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Playbook:
    """One playbook: its folder and its description."""

    folder: Path
    description: Description

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    def files(self, name: str, starts_on: str) -> Iterator[tuple[str, str]]:
        """(path in a project, text) of what it writes under a name; ``starts_on`` is a day, as
        2026-06-30.
        """
        own = _texts(self.folder)
        included = "".join(own.values())
        shared = {
            place: text
            for place, text in _texts(SHARED).items()
            if place.endswith(".sql") or f"'{Path(place).name.partition('.')[0]}'" in included
        }
        for place, text in sorted({**shared, **own}.items()):
            written = text.replace(NAME, name).replace(STARTS_ON, starts_on)
            yield place.replace(NAME, name), written

    def journey(self, name: str, starts_on: str) -> JourneyConfig:
        """The journey it writes under a name."""
        files = dict(self.files(name, starts_on))
        written = yaml.safe_load(files[f"models/journeys/steps_{name}.yml"])
        return JourneyConfig.model_validate(written["models"][0]["config"]["meta"]["journey"])


def playbooks() -> dict[str, Playbook]:
    """Every playbook, by name."""
    return {
        path.parent.name: Playbook(path.parent, _described(path))
        for path in sorted(FOLDER.glob(f"*/{DESCRIPTION}"))
    }


def find_playbook(name: str) -> Playbook:
    """Raises ConfigurationError with near names for one that there is none of."""
    found = playbooks()
    if name not in found:
        raise ConfigurationError(
            f"there is no playbook '{name}'{near(name, found)}", f"use one of {', '.join(found)}"
        )
    return found[name]


def _texts(folder: Path) -> dict[str, str]:
    """{path in the folder: its text} of what is copied."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != DESCRIPTION
    }


def _described(path: Path) -> Description:
    return Description.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
