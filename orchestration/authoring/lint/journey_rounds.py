"""Journeys that let into one another without end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sluice.models.journey import PREFIX, journey_name
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.yaml_lines import Yaml

RULE = "journey"
FIX = "give one of them reentry: never, or {after_days: N}, or take the action out"
Ways = Mapping[str, Mapping[str, tuple[Path, int]]]


def check_rounds(project: RawProject) -> Iterator[Finding]:
    """An action ``enter`` that leads back to its own journey, over journeys that all take a contact
    in at each trigger: nothing ends that round.
    """
    ways = _ways(project)
    for journey, targets in sorted(ways.items()):
        for target, (yml, line) in sorted(targets.items()):
            if (back := _way(ways, target, journey)) is not None:
                names = " -> ".join([journey, *back])
                yield project.finding(yml, line, RULE, f"{names}: who enters goes round", FIX)


def _ways(project: RawProject) -> Ways:
    """{journey that takes in at each trigger: {journey it lets into: (file, line)}}, of the newest
    versions.
    """
    newest: dict[str, tuple[int, Path, Yaml]] = {}
    for model, path in project.models.items():
        meta = project.meta(model, "journey") if model.startswith(PREFIX) else None
        if meta is None or path.suffix != ".sql":
            continue
        name, version = journey_name(model), meta.mapping.get("version")
        if isinstance(version, int) and version > newest.get(name, (0,))[0]:
            newest[name] = version, path.with_suffix(".yml"), meta
    return {
        name: {
            target: place
            for target, place in _entered(yml, meta)
            if target != name or _by_event(meta)  # others take nobody in who is still inside
        }
        for name, (_, yml, meta) in newest.items()
        if meta.mapping.get("reentry") == "each"
    }


def _entered(yml: Path, meta: Yaml) -> Iterator[tuple[str, tuple[Path, int]]]:
    nodes = meta.mapping.get("nodes")
    for name, node in nodes.items() if isinstance(nodes, dict) else ():
        action = node.get("action") if isinstance(node, dict) else None
        target = action.get("enter") if isinstance(action, dict) else None
        if isinstance(target, str):
            yield target, (yml, meta.line_at("nodes", name, "action", "enter"))


def _by_event(meta: Yaml) -> bool:
    trigger = meta.mapping.get("trigger")
    return isinstance(trigger, dict) and "event" in trigger


def _way(ways: Ways, start: str, end: str) -> list[str] | None:
    """The shortest way from one journey to another, both named; None where there is none."""
    paths, seen = [[start]], {start}
    for path in paths:
        if path[-1] == end:
            return path
        for target in sorted(set(ways.get(path[-1], ())) - seen):
            seen.add(target)
            paths.append([*path, target])
    return None
