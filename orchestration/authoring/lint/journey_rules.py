"""Rules on journeys: what a run would refuse, by file, line and node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sluice.models.journey import NUMBERED, PREFIX, JourneyDraft, graph_problems, journey_name
from sluice.models.journey_nodes import Message
from sluice.orchestration.authoring.lint.content_rules import problems
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.journey_files import RULE, check_files
from sluice.orchestration.authoring.lint.journey_names import name_problems
from sluice.orchestration.authoring.lint.journey_owners import check_owners
from sluice.orchestration.authoring.lint.journey_pools import check_pools
from sluice.orchestration.authoring.lint.journey_rounds import check_rounds
from sluice.orchestration.authoring.lint.journey_words import words_of
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.sms_rules import sms_problems
from sluice.orchestration.authoring.lint.yaml_lines import Yaml

CORRECT = "correct it after docs/journeys.md; "
FIX = f"{CORRECT}only this journey stops meanwhile"
# what a run does not stop for
OF_TEMPLATE = f"{CORRECT}only this message waits meanwhile"
OF_EVENT = f"{CORRECT}the journey runs meanwhile as if nobody did it"
VERSION = re.compile(r"__v(\d+)$")


def check_journeys(project: RawProject) -> Iterator[Finding]:
    """``journey``: every journey is a graph that can run, of segments, scores, lifecycles, events,
    destinations and templates there are, in a yml of its own, and each of its versions has a number
    of its own.
    """
    yield from check_files(project)
    yield from check_pools(project)
    yield from check_owners(project)
    yield from check_rounds(project)
    versions: dict[tuple[str, int], str] = {}
    for model, path in sorted(project.models.items()):
        if not model.startswith(PREFIX) or path.suffix != ".sql":
            continue
        meta, yml = project.meta(model, "journey"), path.with_suffix(".yml")
        if meta is None:
            continue
        for place, message, fix in _problems(project, meta):
            yield project.finding(yml, meta.line_at(*place), RULE, _named(place, message), fix)
        yield from _check_version(project, yml, model, meta, versions)


def _problems(project: RawProject, meta: Yaml) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    """(path in the yml, what is wrong, what to do)."""
    try:
        journey = JourneyDraft.model_validate(meta.value)
    except ValidationError as error:
        yield from ((_place(one["loc"]), words_of(one), FIX) for one in error.errors())
        return
    for place, text in graph_problems(journey):
        yield tuple(place.split(".")), text, FIX
    for path, text in name_problems(project, meta):
        yield path, text, OF_EVENT if path[-1] in ("performed", "event") else FIX
    for name, node in journey.nodes.items():
        if isinstance(node, Message):
            for key, text in _message_problems(project.content, node):
                fix = OF_TEMPLATE if key == "template" else FIX
                yield ("nodes", name, "message", key), text, fix


def _message_problems(content: Path, node: Message) -> Iterator[tuple[str, str]]:
    from sluice.activations.destinations.registry import REGISTRY, names

    settings = node.message
    channel = REGISTRY[settings.destination].channel if settings.destination in REGISTRY else None
    if channel is not None and channel != settings.channel:
        yield "destination", f"{settings.destination} sends {channel}, and no {settings.channel}"
        return
    if settings.destination not in names():
        unlike = near(settings.destination, names())
        yield "destination", f"there is no destination '{settings.destination}'{unlike}"
    elif settings.purpose not in REGISTRY[settings.destination].purposes:
        yield "destination", f"{settings.destination} carries no {settings.purpose} messages"
    if content.is_dir():
        written = sms_problems if settings.channel == "sms" else problems
        for message, _ in written(content, settings.model_dump()):
            yield "template", message


def _place(loc: tuple[Any, ...]) -> tuple[Any, ...]:
    """The path in the yml: without the kinds that pydantic puts after a node, a wait_until and a
    value of a context.
    """
    place = (*loc[:2], *loc[3:]) if loc[:1] == ("nodes",) else loc
    if place[3:4] == ("context",):
        return (*place[:5], *place[6:])
    return (*place[:3], *place[4:]) if place[2:3] == ("wait_until",) else place


def _named(place: tuple[Any, ...], message: str) -> str:
    return f"{'.'.join(map(str, place))}: {message}" if place else message


def _check_version(
    project: RawProject, yml: Path, model: str, meta: Yaml, seen: dict[tuple[str, int], str]
) -> Iterator[Finding]:
    version, suffix = meta.mapping.get("version"), VERSION.search(model)
    line = meta.line_at("version")
    if NUMBERED.search(journey_name(model)):
        message = f"{journey_name(model)} holds the number of a version"
        fix = "name it otherwise: its messages could bear the names of another journey's"
        yield project.finding(yml, meta.line, RULE, message, fix)
    if suffix and str(version) != suffix[1]:
        message = f"version is {version}, and the file is of version {suffix[1]}"
        yield project.finding(yml, line, RULE, message, f"write version: {suffix[1]}")
    if not isinstance(version, int):
        return
    other = seen.setdefault((journey_name(model), version), model)
    if other != model:
        message = f"version {version} is that of {other} too"
        fix = "raise the version of the newer one: only the highest takes contacts in"
        yield project.finding(yml, line, RULE, message, fix)
