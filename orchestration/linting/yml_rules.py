"""Rules on the yml beside a segment, sync or campaign: it is there, it can be read, and says what a run must know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from orchestration.linting.contracts import SYNC_MODES
from orchestration.linting.findings import Finding
from orchestration.linting.jinja_rules import near
from orchestration.linting.raw_project import Authored, RawProject, text_of
from orchestration.linting.yaml_lines import Yaml, read_yaml
from orchestration.rules_text import read_rules_of


def check_yml_syntax(project: RawProject) -> Iterator[Finding]:
    """``yml``: every yml of models is YAML, and so are the rules at the top of a model."""
    texts = {path: project.text(path) for path in project.ymls}
    for path in project.models.values():
        rules = read_rules_of(project.text(path)) if path.suffix == ".sql" else None
        if rules is not None:
            texts[path] = rules.in_place
    for path, text in texts.items():
        yield from _check_syntax(project, path, text)


def _check_syntax(project: RawProject, path: Path, text: str) -> Iterator[Finding]:
    try:
        read_yaml(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        mend = "mend the line: quote a text with `: ` or ` #` in it, indent with spaces, close brackets"
        yield project.finding(path, line, "yml", f"cannot be read: {error.problem or error.context}", mend)
    except (yaml.YAMLError, ValueError) as error:
        yield project.finding(path, 1, "yml", f"cannot be read: {text_of(error)}", "write it as UTF-8 text")


def check_ymls_are_there(project: RawProject) -> Iterator[Finding]:
    """``yml``: each has a yml of its own, with its name and a description."""
    for authored in project.authored:
        kind, name = authored.contract.kind, authored.name
        if not authored.yml.is_file():
            mend = f"write {name}.yml beside it: models: [{{name: {name}, description: ...}}]"
            yield project.finding(authored.sql, 1, "yml", f"the {kind} has no yml", mend)
        elif project.yaml(authored.yml) is not None:
            yield from _check_description(project, authored)


def _check_description(project: RawProject, authored: Authored) -> Iterator[Finding]:
    described = project.described(authored.name)
    if described is None:
        mend = f"name the model in it: models: [{{name: {authored.name}, description: ...}}]"
        yield project.finding(authored.yml, 1, "yml", f"the yml says nothing of {authored.name}", mend)
    elif not str(described.mapping.get("description") or "").strip():
        mend = 'add description: "Whom it holds, and why. One row per contact."'
        yield project.finding(authored.yml, described.line, "yml", f"{authored.name} has no description", mend)


def check_meta(project: RawProject) -> Iterator[Finding]:
    """``yml``: a sync or campaign says where it goes, and every word of it is known."""
    for authored in project.authored:
        described = project.described(authored.name)
        if authored.contract.required and described is not None:
            meta = project.meta(authored.name, authored.contract.kind)
            yield from _check_required(project, authored, described, meta)
            if meta is not None:
                yield from _check_destination(project, authored, meta)
                yield from _check_mode(project, authored, meta)


def _check_required(project: RawProject, authored: Authored, described: Yaml, meta: Yaml | None) -> Iterator[Finding]:
    kind = authored.contract.kind
    line = meta.line if meta is not None else described.line_at("config", "meta")
    given = meta.mapping if meta is not None else {}
    missing = [key for key in authored.contract.required if given.get(key) in (None, "")]
    if missing:
        message = f"config.meta.{kind} has no {', '.join(missing)}"
        yield project.finding(
            authored.yml, line, "yml", message, f"add {', '.join(f'{key}: ...' for key in missing)} to config.meta.{kind}"
        )


def _check_destination(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    from activations.destinations.registry import REGISTRY

    name = meta.mapping.get("destination")
    if name and name not in REGISTRY:
        message = f"there is no destination '{text_of(name)}'{near(str(name), REGISTRY)}"
        mend = f"use one of {', '.join(sorted(REGISTRY))}, or add it to activations/destinations/registry.py"
        yield project.finding(authored.yml, meta.line_at("destination"), "yml", message, mend)


def _check_mode(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    mode = meta.mapping.get("mode")
    if authored.contract.kind == "sync" and mode and mode not in SYNC_MODES:
        message = f"mode '{text_of(mode)}' is none of {', '.join(SYNC_MODES)}"
        mend = "use mirror (enter, change, exit), upsert (enter, change), add (enter) or membership (enter, exit)"
        yield project.finding(authored.yml, meta.line_at("mode"), "yml", message, mend)


def check_segment_meta(project: RawProject) -> Iterator[Finding]:
    """``yml``: how segments go together is said in numbers: a holdout from 0 to 1, a whole priority."""
    for authored in project.authored:
        meta = project.meta(authored.name, "segment") if authored.contract.kind == "segment" else None
        for key, is_right, mend in SEGMENT_NUMBERS:
            value = meta.mapping.get(key) if meta is not None else None
            if meta is not None and value is not None and (isinstance(value, bool) or not is_right(value)):
                yield project.finding(authored.yml, meta.line_at(key), "yml", f"{key} '{text_of(value)}' is none", mend)


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1


def _is_whole(value: Any) -> bool:
    return isinstance(value, int)


SEGMENT_NUMBERS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("holdout", _is_share, "write the share that gets nothing: holdout: 0.1; until then all of the segment is held out"),
    ("priority", _is_whole, "write a whole number, the smaller wins: priority: 10"),
)
