"""Rules on the yml beside a segment, sync or campaign: it is there, it can be read, and says what a
run must know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from sluice.orchestration.authoring.lint.contracts import SYNC_MODES
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import Authored, RawProject, text_of
from sluice.orchestration.authoring.lint.yaml_lines import Yaml, read_yaml
from sluice.orchestration.dbt.rules_text import read_rules_of


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
        fix = (
            "fix the line: quote a text with `: ` or ` #` in it, indent with spaces, close brackets"
        )
        yield project.finding(
            path, line, "yml", f"cannot be read: {error.problem or error.context}", fix
        )
    except (yaml.YAMLError, ValueError) as error:
        yield project.finding(
            path, 1, "yml", f"cannot be read: {text_of(error)}", "write it as UTF-8 text"
        )


def check_ymls_are_there(project: RawProject) -> Iterator[Finding]:
    """``yml``: each has a yml of its own, with its name and a description."""
    for authored in project.authored:
        kind, name = authored.contract.kind, authored.name
        if not authored.yml.is_file():
            fix = f"write {name}.yml beside it: models: [{{name: {name}, description: ...}}]"
            yield project.finding(authored.sql, 1, "yml", f"the {kind} has no yml", fix)
        elif project.yaml(authored.yml) is not None:
            yield from _check_description(project, authored)


def _check_description(project: RawProject, authored: Authored) -> Iterator[Finding]:
    described = project.described(authored.name)
    if described is None:
        fix = f"name the model in it: models: [{{name: {authored.name}, description: ...}}]"
        yield project.finding(
            authored.yml, 1, "yml", f"the yml says nothing of {authored.name}", fix
        )
    elif not str(described.mapping.get("description") or "").strip():
        fix = 'add description: "Whom it holds, and why. One row per contact."'
        yield project.finding(
            authored.yml, described.line, "yml", f"{authored.name} has no description", fix
        )


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
                yield from _check_settings(project, authored, meta)
                yield from _check_guardrails(project, authored, meta)


def _check_required(
    project: RawProject, authored: Authored, described: Yaml, meta: Yaml | None
) -> Iterator[Finding]:
    kind = authored.contract.kind
    line = meta.line if meta is not None else described.line_at("config", "meta")
    given = meta.mapping if meta is not None else {}
    missing = [key for key in authored.contract.required if given.get(key) in (None, "")]
    if missing:
        message = f"config.meta.{kind} has no {', '.join(missing)}"
        yield project.finding(
            authored.yml,
            line,
            "yml",
            message,
            f"add {', '.join(f'{key}: ...' for key in missing)} to config.meta.{kind}",
        )


def _check_destination(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    from sluice.activations.destinations import registry

    name = meta.mapping.get("destination")
    known = registry.names()
    if name and name not in known:
        message = f"there is no destination '{text_of(name)}'{near(str(name), known)}"
        fix = f"use one of {', '.join(known)}, or add one: docs/destinations.md"
        yield project.finding(authored.yml, meta.line_at("destination"), "yml", message, fix)


def check_purposes(project: RawProject) -> Iterator[Finding]:
    """``purpose``: a campaign goes where the vendor's rules allow its purpose, such as no marketing
    in a template message.
    """
    from sluice.activations.destinations.registry import CHANNELS, REGISTRY

    for authored in project.authored:
        meta = (
            project.meta(authored.name, "campaign")
            if authored.contract.kind == "campaign"
            else None
        )
        entry = REGISTRY.get(str(meta.mapping.get("destination"))) if meta is not None else None
        purpose = meta.mapping.get("purpose") if meta is not None else None
        if meta is None or entry is None:
            continue
        channel = meta.mapping.get("channel")
        others = CHANNELS - {entry.channel} if entry.channel is not None else ()
        if isinstance(channel, str) and channel in others:
            message = f"{meta.mapping['destination']} sends {entry.channel}, and no {channel}"
            fix = f"write channel: {entry.channel}, or another destination"
            line = meta.line_at("destination")
            yield project.finding(authored.yml, line, "purpose", message, fix)
        if not isinstance(purpose, str):
            continue
        if not purpose or purpose in entry.purposes:
            continue
        allowed = ", ".join(sorted(entry.purposes))
        message = (
            f"a campaign of purpose {text_of(purpose)} may not go to {meta.mapping['destination']},"
            f" which carries {allowed}"
        )
        fix = (
            f"bind it to a destination that may carry {text_of(purpose)}: the README of each"
            " says so"
        )
        yield project.finding(authored.yml, meta.line_at("destination"), "purpose", message, fix)


def _check_mode(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    mode = meta.mapping.get("mode")
    if authored.contract.kind == "sync" and mode and mode not in SYNC_MODES:
        message = f"mode '{text_of(mode)}' is none of {', '.join(SYNC_MODES)}"
        fix = (
            "use mirror (enter, change, exit), upsert (enter, change), add (enter) or membership"
            " (of a list)"
        )
        yield project.finding(authored.yml, meta.line_at("mode"), "yml", message, fix)


def _check_settings(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    """Keys there are none of, and values that a run would refuse. What is missing is a finding of
    its own.
    """
    settings, kind = authored.contract.settings, authored.contract.kind
    if settings is None:
        return
    try:
        settings.model_validate(meta.mapping)
    except ValidationError as error:
        for found in error.errors():
            key = str(next(iter(found["loc"]), kind))
            if key == authored.contract.limits:
                continue  # see _check_guardrails
            if key in (kind, "variants"):
                yield _variants_finding(project, authored, meta, found)
                continue
            if found["type"] == "extra_forbidden":
                message = (
                    f"a {kind} has no setting '{text_of(key)}'{near(key, settings.model_fields)}"
                )
                fix = f"take it out, or write one of {', '.join(settings.model_fields)}"
            elif meta.mapping.get(key) in (None, "") and key in authored.contract.required:
                continue
            else:
                message = f"{key} '{text_of(meta.mapping.get(key))}' is none: {found['msg']}"
                fix = f"write {key} as docs/messages.md says, or take it out where it has a default"
            yield project.finding(authored.yml, meta.line_at(key), "yml", message, fix)


def _variants_finding(
    project: RawProject, authored: Authored, meta: Yaml, found: Mapping[str, Any]
) -> Finding:
    """What is wrong with one variant, or with them together: then the place is in its words."""
    said = str(found["msg"]).removeprefix("Value error, ")
    whole = said.partition(": ")[0]
    place = [str(one) for one in found["loc"]] if found["loc"] else whole.split(".")
    message = said if not found["loc"] else f"{'.'.join(place)}: {said}"
    fix = "correct it after docs/experiments.md; until then the campaign sends nothing"
    return project.finding(authored.yml, meta.line_at(*place), "yml", message, fix)


def _check_guardrails(project: RawProject, authored: Authored, meta: Yaml) -> Iterator[Finding]:
    from pydantic import ValidationError

    from sluice.models.config import GuardrailConfig

    key = authored.contract.limits
    written = meta.get(key) if key is not None else None
    if written is None:
        return
    try:
        GuardrailConfig.model_validate(written.value)
    except ValidationError as error:
        for one in error.errors():
            name = str(one["loc"][0]) if one["loc"] else ""
            is_unknown = one["type"] == "extra_forbidden"
            message = (
                f"there is no guardrail '{text_of(name)}'{near(name, GuardrailConfig.model_fields)}"
            )
            words = (
                message
                if is_unknown
                else f"{key} {name} '{text_of(one['input'])}': {one['msg'].lower()}"
            )
            fix = "write a number, or null to switch it off; docs/guardrails.md has them all"
            yield project.finding(authored.yml, meta.line_at(key, name), "yml", words, fix)


def check_segment_meta(project: RawProject) -> Iterator[Finding]:
    """``yml``: how segments go together is said in numbers: a holdout from 0 to 1, a whole
    priority.
    """
    for authored in project.authored:
        meta = (
            project.meta(authored.name, "segment") if authored.contract.kind == "segment" else None
        )
        for key, is_right, fix in SEGMENT_NUMBERS:
            value = meta.mapping.get(key) if meta is not None else None
            if (
                meta is not None
                and value is not None
                and (isinstance(value, bool) or not is_right(value))
            ):
                yield project.finding(
                    authored.yml,
                    meta.line_at(key),
                    "yml",
                    f"{key} '{text_of(value)}' is none",
                    fix,
                )


def check_segment_keys(project: RawProject) -> Iterator[Finding]:
    """``yml``: what is said of a segment stands below ``config.meta.segment``, under names there
    are: a holdout under another name would hold nobody out.
    """
    for authored in project.authored:
        described = (
            project.described(authored.name) if authored.contract.kind == "segment" else None
        )
        above = described.get("config", "meta") if described is not None else None
        if above is None:
            continue
        meta = above.get("segment")
        for key in meta.mapping if meta is not None else ():
            if key not in SEGMENT_KEYS:
                message = f"{text_of(key)} is nothing that is said of a segment"
                fix = f"use {', '.join(SEGMENT_KEYS)}{near(str(key), SEGMENT_KEYS)}"
                yield project.finding(authored.yml, meta.line_at(key), "yml", message, fix)
        for key in above.mapping:
            is_near = key != "segment" and near(str(key), ["segment"])
            if is_near or key in MISPLACED:
                message = f"config.meta.{text_of(key)} says nothing of the segment"
                fix = "write it below segment" if key in MISPLACED else "write segment"
                yield project.finding(authored.yml, above.line_at(key), "yml", message, fix)


SEGMENT_KEYS = ("label", "owner", "group", "priority", "holdout")
MISPLACED = frozenset({"label", "group", "priority", "holdout"})  # meta.owner is of any model


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1


def _is_whole(value: Any) -> bool:
    return isinstance(value, int)


SEGMENT_NUMBERS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "holdout",
        _is_share,
        (
            "write the share that gets nothing: holdout: 0.1; until then all of the segment is"
            " held out"
        ),
    ),
    ("priority", _is_whole, "write a whole number, the smaller wins: priority: 10"),
)
