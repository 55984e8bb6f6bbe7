"""The two files of a journey: a .sql of one line, and beside it a yml that describes it alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from sluice.models.journey import PREFIX
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.yaml_lines import read_yaml

RULE, SCHEMA = "journey", "journeys"
HOW = "write it after docs/journeys.md"
LINE = "{{ sluice.journey() }}"


def check_files(project: RawProject) -> Iterator[Finding]:
    """A .sql without a journey beside it, a yml without a .sql, two journeys in one yml; and
    journeys of a project that gives their tables no schema.
    """
    yield from _check_schema(project)
    for model, path in sorted(project.models.items()):
        if model.startswith(PREFIX) and path.suffix == ".sql":
            yield from _check_yml(project, model, path)
    for path in project.ymls:
        if path.stem.startswith(PREFIX):
            yield from _check_sql(project, path)


def _check_schema(project: RawProject) -> Iterator[Finding]:
    own = project.projects[-1]
    has_journeys = any(name.startswith(PREFIX) for name in project.models)
    if has_journeys and own.setting([own.name, SCHEMA], "schema") != SCHEMA:
        message = (
            "journeys have no schema of their own: their tables stand in the target's, where"
            " `sluice journeys` does not see them on Spark"
        )
        fix = f"add {SCHEMA}: {{+schema: {SCHEMA}}} below models: {own.name}:, beside activation"
        yield project.finding(own.folder / "dbt_project.yml", 1, RULE, message, fix)


def _check_yml(project: RawProject, model: str, path: Path) -> Iterator[Finding]:
    yml = path.with_suffix(".yml")
    if not yml.is_file():
        fix = f"write {yml.name} beside it, after docs/journeys.md"
        yield project.finding(path, 1, RULE, f"{model} has no yml", fix)
        return
    problem = _unreadable(project.text(yml))
    if problem is not None:
        line, text = problem
        yield project.finding(yml, line, RULE, f"cannot be read: {text}", "correct the line")
        return
    meta = project.meta(model, "journey")
    described = project.described(model)
    line = described.line if described is not None else 1
    if meta is None:
        message = f"{yml.name} has no config.meta.journey of {model}"
        yield project.finding(yml, line, RULE, message, HOW)
    elif not isinstance(meta.value, dict):
        message = "config.meta.journey is no mapping of keys to values"
        yield project.finding(yml, meta.line, RULE, message, HOW)


def _check_sql(project: RawProject, yml: Path) -> Iterator[Finding]:
    sql = yml.with_suffix(".sql")
    if not sql.is_file():
        fix = f"write {sql.name} beside it, of one line: {LINE}"
        yield project.finding(yml, 1, RULE, f"there is no {sql.name}", fix)
    found = project.yaml(yml)
    models = found.get("models") if found is not None else None
    for entry in models.list if models is not None else []:
        name = str(entry.mapping.get("name"))
        if name != yml.stem and name.startswith(PREFIX):
            message = f"{name} stands in the yml of {yml.stem}"
            fix = f"give it a yml of its own, {name}.yml: one fault would stop both"
            yield project.finding(yml, entry.line, RULE, message, fix)


def _unreadable(text: str) -> tuple[int, str] | None:
    """(line, what is wrong) of a text that is no YAML."""
    try:
        read_yaml(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return line, str(error.problem or error.context)
    except (yaml.YAMLError, ValueError) as error:
        return 1, str(error)
    return None
