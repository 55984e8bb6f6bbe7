"""What a back-test tries: one version of a journey of a project, over a period of days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import ValidationError

from sluice.models.errors import ConfigurationError
from sluice.models.journey import PREFIX, JourneyConfig, campaign_name, journey_name
from sluice.models.journey_nodes import Message, MessageConfig
from sluice.models.validation import problems_of
from sluice.models.yaml_text import load_yaml
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.installation.days import scheduled_at
from sluice.orchestration.installation.project import Project, open_project
from sluice.orchestration.installation.project_file import PROJECT_FILE
from sluice.orchestration.installation.settings import Settings

CAMPAIGN = "campaign_"


@dataclass(frozen=True)
class Trial:
    """One version of a journey: the ``model`` of a project that says it."""

    project: Project
    model: str
    config: JourneyConfig

    @property
    def journey(self) -> str:
        """The journey's name."""
        return journey_name(self.model)

    @property
    def campaigns(self) -> dict[str, str]:
        """{campaign in the ledger: its node}."""
        nodes = (name for name, node in self.config.nodes.items() if isinstance(node, Message))
        return {campaign_name(self.journey, self.config.version, name): name for name in nodes}

    def message(self, node: str) -> MessageConfig:
        """The settings of the message at a node of that kind."""
        found = self.config.nodes[node]
        assert isinstance(found, Message)
        return found.message

    def others(self) -> list[str]:
        """The project's other journeys and versions, and its campaigns: what they really sent
        counts, and they send nothing in a back-test.
        """
        found = {
            *_models(self.project, "journeys", PREFIX),
            *_models(self.project, "activation", CAMPAIGN),
        }
        return sorted(found - {self.model})


def find_trial(project: Project, name: str, version: int | None = None) -> Trial:
    """A journey by its name, in its highest version or this one. Raises ConfigurationError."""
    models = {
        model: path
        for model, path in _models(project, "journeys", PREFIX).items()
        if journey_name(model) == name
    }
    if not models:
        known = sorted({journey_name(model) for model in _models(project, "journeys", PREFIX)})
        raise ConfigurationError(
            f"there is no journey {name} in {project.root.name}{near(name, known)}",
            f"use one of {', '.join(known) or 'none'}, or write"
            f" models/journeys/{PREFIX}{name}.yml after docs/journeys.md",
        )
    found = [Trial(project, model, _config(model, path)) for model, path in models.items()]
    versions = {trial.config.version: trial for trial in found}
    if version is None:
        return versions[max(versions)]
    if version not in versions:
        raise ConfigurationError(
            f"the journey {name} has no version {version}; there is"
            f" {', '.join(map(str, sorted(versions)))}",
            f"name one of them; an earlier version is the file {PREFIX}{name}__v{version}.yml",
        )
    return versions[version]


def find_rival(trial: Trial, against: str) -> Trial:
    """What ``--against`` names: a version of the same journey, or the folder of another project
    that has it. Raises ConfigurationError.
    """
    number = against.removeprefix("v")
    if number.isdecimal():
        return find_trial(trial.project, trial.journey, int(number))
    folder = Path(against).expanduser().resolve()
    if not (folder / PROJECT_FILE).is_file():
        raise ConfigurationError(
            f"--against {against} is neither a version nor the folder of a project",
            "write a version as 1, or name a folder that has a sluice.yml",
        )
    return find_trial(open_project(folder), trial.journey)


def days_of(settings: Settings, first: date, last: date) -> list[datetime]:
    """The moment of the last scheduled run of each day of a period, aware UTC. Raises
    ConfigurationError where the period cannot be replayed.
    """
    schedule = settings.project.config.schedule
    if first > last:
        raise ConfigurationError(
            f"the period ends before it begins: --from {first} is after --to {last}",
            "exchange the two",
        )
    if first < schedule.first_day:
        raise ConfigurationError(
            f"--from {first} is before the first day that can be replayed, {schedule.first_day}",
            f"begin on {schedule.first_day} or later, or set schedule.first_day in sluice.yml",
        )
    now = settings.default_as_of()
    today = now.astimezone(ZoneInfo(schedule.time_zone)).date()
    if last > today or scheduled_at(settings, last) > now:
        raise ConfigurationError(
            f"--to {last} is not over: its run is still to come, and it is"
            f" {now:%Y-%m-%d %H:%M} UTC",
            "end the period on an earlier day",
        )
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [scheduled_at(settings, day) for day in days]


def _models(project: Project, kind: str, prefix: str) -> Mapping[str, Path]:
    return {
        path.stem: path
        for folder in reversed(project.dbt_folders)  # the project's own come last, and stay
        for path in sorted((folder / "models" / kind).rglob(f"{prefix}*.sql"))
    }


def _config(model: str, path: Path) -> JourneyConfig:
    written = path.with_suffix(".yml")
    try:
        entries = load_yaml(written.read_text(encoding="utf-8"))["models"]
        meta: Any = next(one for one in entries if one["name"] == model)["config"]["meta"]
        return JourneyConfig.model_validate(meta["journey"])
    except ValidationError as error:
        words = problems_of(error)[0]
    except (OSError, ValueError, KeyError, TypeError, StopIteration, yaml.YAMLError):
        words = "it has no config.meta.journey that can be read"
    raise ConfigurationError(
        f"{written.name} is wrong: {words}", "`sluice lint` says file and line"
    )
