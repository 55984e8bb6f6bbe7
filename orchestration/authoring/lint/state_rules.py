"""Rules on lifecycles (``models/lifecycle/stages_*.sql``) and on the tags that rules give
(``models/tags/int_rule_tags.sql``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sluice.orchestration.authoring.lint.conditions import checker, contact_columns, state_columns
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import RawProject, text_of
from sluice.orchestration.authoring.lint.scorecard_rules import Problem, reason_problems
from sluice.orchestration.authoring.lint.yaml_lines import Yaml


def check_lifecycles(project: RawProject) -> Iterator[Finding]:
    """``lifecycle``: every stage says who enters it, and why."""
    for name, path in project.models.items():
        lifecycle = project.rules(name) if name.startswith("stages_") else None
        for problem in lifecycle_problems(project, lifecycle) if lifecycle is not None else ():
            yield project.finding(path, problem.line, "lifecycle", problem.message, problem.fix)


def check_tags(project: RawProject) -> Iterator[Finding]:
    """``tag``: every rule says who gets the tag, and why."""
    for name, path in project.models.items():
        tags = project.rules(name) if "tags" in path.parts else None
        for problem in tag_problems(project, tags) if tags is not None else ():
            yield project.finding(path, problem.line, "tag", problem.message, problem.fix)


def lifecycle_problems(project: RawProject, lifecycle: Yaml) -> Iterator[Problem]:
    """What is wrong with one lifecycle."""
    score = lifecycle.mapping.get("score")
    cards = {
        name.removeprefix("scorecard_") for name in project.models if name.startswith("scorecard_")
    }
    if score is not None and score not in cards:
        message = f"there is no scorecard {text_of(score)}{near(str(score), cards)}"
        yield Problem(
            lifecycle.line_at("score"),
            message,
            f"use one of {', '.join(sorted(cards))}, or leave it out",
        )
    known = contact_columns(project)
    columns = known | {"score"} if known else set()
    yield from _conditions(project, lifecycle, ("applies_to",), columns, "")
    stages = _entries(lifecycle.get("stages"))
    if not stages:
        yield Problem(
            lifecycle.line,
            "the lifecycle has no stages",
            "add stages: [{stage: ..., enter: ..., label: ..., reason: ...}]",
        )
    yield from _names(stages, "stage")
    for stage in stages:
        yield from _stage_problems(project, stage, columns)


def _stage_problems(project: RawProject, stage: Yaml, columns: set[str]) -> Iterator[Problem]:
    name = f"stage {text_of(stage.mapping.get('stage', 'without a name'))}: "
    yield from _conditions(project, stage, ("enter", "stay"), columns, name)
    if stage.get("enter") is None:
        yield Problem(
            stage.line, f"{name}has no enter", "write enter: the condition in SQL, or enter: 'true'"
        )
    days = stage.mapping.get("min_days")
    if "min_days" in stage.items and (
        isinstance(days, bool) or not isinstance(days, int) or days < 0
    ):
        yield Problem(
            stage.line_at("min_days"),
            f"{name}min_days '{text_of(days)}' is no whole number of days",
            "write min_days: 7",
        )
    for key in ("label", "reason"):
        for problem in reason_problems(stage, key):
            yield Problem(problem.line, f"{name}{problem.message}", problem.fix)


def tag_problems(project: RawProject, tags: Yaml) -> Iterator[Problem]:
    """What is wrong with the tags of one yml."""
    entries, columns = _entries(tags), state_columns(project)
    yield from _names(entries, "tag")
    for entry in entries:
        name = f"tag {text_of(entry.mapping.get('tag', 'without a name'))}: "
        if entry.get("where") is None:
            yield Problem(entry.line, f"{name}has no where", "write where: the condition in SQL")
        yield from _conditions(project, entry, ("where",), columns, name)
        for problem in reason_problems(entry):
            yield Problem(problem.line, f"{name}{problem.message}", problem.fix)


def _conditions(
    project: RawProject, entry: Yaml, keys: tuple[str, ...], columns: set[str], name: str
) -> Iterator[Problem]:
    check = checker(project)
    for key in keys:
        for message, fix in check(entry.get(key), columns):
            yield Problem(entry.line_at(key), f"{name}{key}: {message}", fix)


def _names(entries: list[Yaml], key: str) -> Iterator[Problem]:
    counts = Counter(str(entry.mapping.get(key)) for entry in entries)
    for entry in entries:
        name = entry.mapping.get(key)
        if name in (None, ""):
            yield Problem(entry.line, f"a {key} has no name", f"add {key}: <name>")
        elif counts[str(name)] > 1:
            yield Problem(
                entry.line_at(key),
                f"two entries are called {name}",
                f"give each {key} a name of its own",
            )


def _entries(found: Yaml | None) -> list[Yaml]:
    return (
        [entry for entry in found.list if isinstance(entry.value, dict)]
        if found is not None
        else []
    )
