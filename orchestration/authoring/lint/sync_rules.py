"""Rules on what the yml of a sync says beyond its destination: words a run would refuse, and
columns it would overlook.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from sluice.models.config import ColumnConfig, SyncConfig
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import Authored, RawProject, text_of
from sluice.orchestration.authoring.lint.yaml_lines import Yaml

DOCS = "docs/syncs.md has all the words"
# each is a finding of yml_rules
SAID_ELSEWHERE = ("destination", "mode")


def check_syncs(project: RawProject) -> Iterator[Finding]:
    """``yml``: the words of a sync are those of SyncConfig, and the columns it names are
    described.
    """
    for authored in project.authored:
        meta = project.meta(authored.name, "sync") if authored.contract.kind == "sync" else None
        if meta is not None:
            yield from _check_words(project, authored, meta)
            yield from _check_columns(project, authored, meta)
            yield from _check_fields(project, authored, meta)


def _check_words(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    missing = {key for key in authored.contract.required if meta.mapping.get(key) in (None, "")}
    try:
        SyncConfig.model_validate(meta.mapping)
    except ValidationError as error:
        for one in error.errors():
            place = one["loc"] or (one["msg"].removeprefix("Value error, ").split(":")[0],)
            if place[0] not in (*missing, *SAID_ELSEWHERE):
                yield project.finding(
                    authored.yml, meta.line_at(*place), "yml", _message(one, place), DOCS
                )


def _message(error: Any, place: tuple[int | str, ...]) -> str:
    if error["type"] == "extra_forbidden":
        known = ColumnConfig.model_fields if place[0] == "columns" else SyncConfig.model_fields
        return f"a sync has no word '{text_of(place[-1])}'{near(str(place[-1]), known)}"
    if not error["loc"]:
        return str(error["msg"]).removeprefix("Value error, ")
    return (
        f"{'.'.join(map(str, place))} '{text_of(error['input'])}' is none: {error['msg'].lower()}"
    )


def _check_columns(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    described = project.columns(authored.name)
    for word in ("key", "columns", "identified_by"):
        value = meta.mapping.get(word)
        names = (
            [value] if isinstance(value, str) else value if isinstance(value, dict | list) else []
        )
        for name in names if described else ():
            if str(name) not in described:
                message = (
                    f"{word}: the yml describes no column"
                    f" '{text_of(name)}'{near(str(name), described)}"
                )
                fix = "name a column of the SQL, and describe it under columns"
                yield project.finding(authored.yml, meta.line_at(word, name), "yml", message, fix)


def _check_fields(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    """A column that goes to the field of another, which is written under its own name."""
    columns = meta.mapping.get("columns")
    named = columns if isinstance(columns, dict) else {}
    plain = project.columns(authored.name) - set(named) - {meta.mapping.get("key")}
    for name, config in named.items():
        field = config.get("to") if isinstance(config, dict) else None
        if field in plain and meta.mapping.get("mode") != "membership":
            message = (
                f"columns: '{text_of(name)}' goes to '{text_of(field)}', and so does the column of"
                " that name"
            )
            fix = "send one of the two elsewhere, or leave it out of the SQL"
            yield project.finding(authored.yml, meta.line_at("columns", name), "yml", message, fix)
