"""The rule ``experiment``: what is defined as an experiment can be read as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sluice.models.journey import PREFIX
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.journey_names import event_names, unknown_event
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.yaml_lines import Yaml
from sluice.orchestration.experiments.definitions import read_experiments

PREFIXES = (PREFIX, "seg_", "campaign_")
FIX = "correct it after docs/experiments.md; until then it is not read"


def check_experiments(project: RawProject) -> Iterator[Finding]:
    """``experiment``: each has a metric of an event there is, a split or a holdout there is, a
    minimum effect that fits its baseline, and days in order; its name is of it alone.
    """
    written = {
        name: found
        for name, path in project.models.items()
        if name.startswith(PREFIXES) and path.suffix == ".sql"
        if (found := project.meta(name, "experiments")) is not None
    }
    if not written:
        return
    places = {_file(project, name): name for name in written}
    for one in read_experiments({"nodes": dict(_nodes(project))}):
        meta = written[places[one.file]]
        problem = one.problem
        if one.config is not None:
            problem = next(_event_problems(project, one.config.metric.event), "")
        if problem:
            place = ["metric", "event"] if one.config else problem.partition(": ")[0].split(".")
            yml = project.models[places[one.file]].with_suffix(".yml")
            line = meta.line_at(one.name, *place)
            yield project.finding(yml, line, "experiment", f"{one.name}: {problem}", FIX)


def _file(project: RawProject, model: str) -> str:
    return project.relative(project.models[model].with_suffix(".yml"))


def _event_problems(project: RawProject, event: str) -> Iterator[str]:
    return (words for _, words in unknown_event((), event, event_names(project)))


def _nodes(project: RawProject) -> Iterator[tuple[str, dict[str, Any]]]:
    """The models as dbt's manifest has them, as far as experiments ask."""
    for name in project.models:
        if name.startswith(PREFIXES):
            described = project.described(name)
            meta = described.get("config", "meta") if described is not None else None
            yield name, _node(name, _file(project, name), meta)


def _node(name: str, file: str, meta: Yaml | None) -> dict[str, Any]:
    values: Mapping[str, Any] = meta.mapping if meta is not None else {}
    config = {"meta": dict(values)}
    return {"name": name, "resource_type": "model", "patch_path": file, "config": config}
