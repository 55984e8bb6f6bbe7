"""A condition in a yml: one boolean expression of known columns, without a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sluice.orchestration.authoring.lint.clock import clock_fix, clocks_of
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import RawProject, text_of
from sluice.orchestration.authoring.lint.yaml_lines import Yaml
from sluice.orchestration.dbt.rules_text import EVENT_WORDS

Problem = tuple[str, str]
NO_CONDITION = (
    exp.Literal,
    exp.Null,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Mod,
    exp.Tuple,
    exp.Alias,
    exp.Star,
    exp.Query,
    exp.DPipe,
)


def condition_problems(project: RawProject, condition: Any, columns: set[str]) -> Iterator[Problem]:
    """What is wrong with a condition, each with its fix. An empty set of columns: what columns
    there are is not known.
    """
    if isinstance(condition, bool):
        return
    tree = parse_condition(condition)
    if isinstance(tree, str):
        yield (
            f"'{text_of(condition)}' is no condition: {tree}",
            "write one boolean SQL expression, such as order_count >= 2",
        )
        return
    for name in clocks_of(tree):
        yield (
            f"reads the clock: {name}",
            f"{clock_fix(name)}; a window of an event rule is within_days",
        )
    for table in tree.find_all(exp.Table):
        if not _is_model(project, table):
            yield (
                f"reads {table.sql()}, which is no model",
                "ask of the columns of contact_facts, and add the fact there",
            )
    yield from _unknown_columns(tree, columns)


def parse_condition(condition: Any) -> exp.Expression | str:
    """The condition as a tree, or in words why it is none."""
    if not isinstance(condition, str) or not condition.strip():
        return "it is no text" if condition is not None else "it is empty"
    try:
        tree = sqlglot.parse_one(condition, into=exp.Condition, dialect="duckdb")
    except SqlglotError:
        return "several statements" if ";" in condition else "it cannot be read as one expression"
    if isinstance(tree.unnest() if isinstance(tree, exp.Paren) else tree, NO_CONDITION):
        return "it is a value, not true or false"
    if any(tree.find_all(exp.AggFunc)) and not any(tree.find_all(exp.Query)):
        return "it counts over rows"
    return tree


def event_columns(project: RawProject) -> set[str]:
    """What a condition on an event may ask of."""
    known = project.columns("contact_events")
    return known | set(EVENT_WORDS) if known else set()


def contact_columns(project: RawProject) -> set[str]:
    """What a condition on a contact may ask of."""
    return project.columns("contact_facts")


def state_columns(project: RawProject) -> set[str]:
    """What the rule of a tag may ask of: the facts, every score and every stage."""
    known = contact_columns(project)
    scores = {
        f"{name.removeprefix('scorecard_')}_score"
        for name in project.models
        if name.startswith("scorecard_")
    }
    stages = {
        f"{name.removeprefix('stages_')}_stage"
        for name in project.models
        if name.startswith("stages_")
    }
    return known | scores | stages if known else set()


Check = Callable[[Yaml | None, set[str]], Iterator[Problem]]


def checker(project: RawProject) -> Check:
    """A check of the condition at a place of a yml; where there is none, nothing is wrong."""
    return partial(_check, project)


def _check(project: RawProject, found: Yaml | None, columns: set[str]) -> Iterator[Problem]:
    if found is not None:
        yield from condition_problems(project, found.value, columns)


def _unknown_columns(tree: exp.Expression, columns: set[str]) -> Iterator[Problem]:
    outer = [
        column for column in tree.find_all(exp.Column) if column.find_ancestor(exp.Query) is None
    ]
    unknown = sorted({column.name for column in outer if column.name.lower() not in columns})
    for name in unknown if columns else []:
        yield (
            f"there is no column {name}{near(name, columns)}",
            "ask of a column that the model's yml describes",
        )


def _is_model(project: RawProject, table: exp.Table) -> bool:
    path = project.models.get(table.name)
    return path is not None and table.db in path.parts
