"""The journeys of a project, from dbt's manifest: each with all versions that are in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sluice.models.errors import ConfigurationError
from sluice.models.journey import PREFIX, JourneyConfig, journey_name
from sluice.models.validation import problems_of
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.journeys.words import Language, Written


@dataclass(frozen=True)
class Version:
    """One version of a journey: its model, its yml, and what is wrong with it (``config`` is None
    then).
    """

    model: str
    written: Written
    config: JourneyConfig | None
    problem: str = ""

    @property
    def number(self) -> int:
        """Its number; 0 where the yml gives none."""
        written = self.written.get("version")
        return written if isinstance(written, int) else 0

    def label(self, language: Language) -> str:
        """The label in this language, else any, else the model's name."""
        labels = self.written.get("label")
        if not isinstance(labels, Mapping):
            return self.model
        return str(labels.get(language) or next(iter(labels.values()), self.model))


@dataclass(frozen=True)
class Journey:
    """A journey: its versions, the newest first. Only that one takes contacts in."""

    name: str
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        """The version that takes contacts in."""
        return self.versions[0]

    def version(self, number: int | None) -> Version:
        """The version of a number, the newest of None. Raises ConfigurationError."""
        for one in self.versions:
            if number in (None, one.number):
                return one
        known = ", ".join(str(one.number) for one in self.versions)
        raise ConfigurationError(
            f"{self.name} has no version {number} in the project",
            f"give --version {known}, or take its file back from the project's git",
        )


def read_version(node: Mapping[str, Any]) -> Version:
    """The version that a dbt node describes."""
    found = ((node.get("config") or {}).get("meta") or {}).get("journey")
    written = found if isinstance(found, Mapping) else {}
    try:
        return Version(str(node["name"]), written, JourneyConfig.model_validate(found))
    except ValidationError as error:
        return Version(str(node["name"]), written, None, problems_of(error)[0])


def is_journey(node: Mapping[str, Any]) -> bool:
    """Whether a dbt node is a journey's model."""
    named = str(node["name"]).startswith(PREFIX) and node["resource_type"] == "model"
    return named and node["fqn"][1] == "journeys"


def read_journeys(manifest: Mapping[str, Any]) -> list[Journey]:
    """Every journey of the project, by name."""
    found: dict[str, list[Version]] = {}
    for node in manifest["nodes"].values():
        if is_journey(node):
            found.setdefault(journey_name(str(node["name"])), []).append(read_version(node))
    return [
        Journey(name, tuple(sorted(versions, key=lambda one: -one.number)))
        for name, versions in sorted(found.items())
    ]


def find_journey(manifest: Mapping[str, Any], name: str) -> Journey:
    """One journey. Raises ConfigurationError that suggests near names."""
    journeys = {one.name: one for one in read_journeys(manifest)}
    wanted = journey_name(name)
    if not journeys:
        raise ConfigurationError(
            "the project has no journey yet",
            "copy a ready one: sluice journeys new --list, or write one after docs/journeys.md",
        )
    if wanted not in journeys:
        raise ConfigurationError(
            f"there is no journey {wanted}{near(wanted, journeys)}",
            "see `sluice journeys list` for the names",
        )
    return journeys[wanted]
