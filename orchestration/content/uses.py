"""Which campaigns and journeys send a text, and which values they give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sluice.orchestration.authoring.lint.raw_project import RawProject

ALWAYS = frozenset({"full_name", "unsubscribe_url", "preferences_url", "share_url"})
QUOTED = re.compile(r"['\"](\w+)['\"]")


@dataclass(frozen=True)
class Use:
    """Of one text: the campaigns and journeys that send it, whether one is marketing, the names of
    the values that each of them gives, and of a journey's the values themselves.
    """

    by: tuple[str, ...]
    is_marketing: bool
    values: frozenset[str]
    constants: Mapping[str, Any] = field(default_factory=dict)


def uses(project: RawProject) -> dict[tuple[str, str], Use]:
    """By channel and template, read from the files: dbt is not called."""
    found: dict[tuple[str, str], Use] = {}
    for name, message, values in _senders(project):
        for template in _templates(message):
            key = (str(message.get("channel")), template)
            is_marketing = message.get("purpose") == "marketing"
            found[key] = _together(found.get(key), name, is_marketing, values)
    return found


def _templates(message: Mapping[str, Any]) -> list[str]:
    """The template of a message and those of its variants."""
    variants = message.get("variants")
    bodies = variants.values() if isinstance(variants, Mapping) else ()
    own = [one.get("template") for one in bodies if isinstance(one, Mapping)]
    return list(dict.fromkeys([str(message.get("template")), *(str(one) for one in own if one)]))


def _together(earlier: Use | None, name: str, is_marketing: bool, values: Mapping[str, Any]) -> Use:
    if earlier is None:
        return Use((name,), is_marketing, ALWAYS | set(values), values)
    return Use(
        (*earlier.by, name),
        earlier.is_marketing or is_marketing,
        earlier.values & (ALWAYS | set(values)),
        {**earlier.constants, **values},
    )


def _senders(project: RawProject) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Of campaigns the values are the quoted names of their SQL: one too many does no harm."""
    for name, sql, message in project.messages():
        named = dict.fromkeys(QUOTED.findall(project.text(sql)))
        context = message.get("context")
        given = context.mapping if context is not None else {}
        drawn = {"coupon": "COUPON"} if project.gives_coupons(name) else {}
        own = {
            str(key): None if isinstance(value, Mapping) else value for key, value in given.items()
        }
        yield name, message.mapping, named | own | drawn
