"""What an author writes in ``config.meta.journey``: a journey as data, checked.

Errors name the node: ``nodes.hello.message.channel``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from sluice.models.config import LARGEST, CampaignConfig
from sluice.models.journey_conditions import (
    LONGEST_DAYS,
    Condition,
    Config,
    Name,
    Text,
    Window,
    one_of,
)
from sluice.models.journey_graph import nodes_problems
from sluice.models.journey_nodes import Message, Node, OfEvent

NUMBERED = re.compile(r"_v\d+(_|$)")  # a name that looks like one of a message
PREFIX = "steps_"  # of the models of journeys
TRIGGERS = ("segment", "event", "date", "score", "stage", "tag", "referrals", "by_hand")


class Referrals(Config):
    """So many contacts came, or bought, by the share links of one (docs/tracking.md)."""

    at_least: int = Field(ge=1, le=1_000)
    who: Literal["came", "bought"] = "came"


class Trigger(Config):
    """What lets a contact in: one of ``segment`` (entering it), ``event`` (its columns as in
    ``where``), ``date`` (birth_date or an attribute; ``before_days`` earlier, each year unless
    ``yearly`` is false), ``score`` (a total that reaches so much), ``stage`` (of a lifecycle,
    entered), ``tag`` (given), ``referrals`` (each time so many), or nothing but ``by_hand``: what
    `sluice journeys start` lets into every journey.
    """

    model_config = one_of(*TRIGGERS)

    segment: Text | None = None
    event: Text | None = None
    where: Mapping[str, str] = {}
    date: Text | None = None
    before_days: int = Field(default=0, ge=0, le=364)
    yearly: bool = True
    score: tuple[str, int] | None = None
    stage: tuple[str, ...] | None = Field(default=None, min_length=2)
    tag: Text | None = None
    referrals: Referrals | None = None
    by_hand: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in TRIGGERS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a trigger is one of {', '.join(TRIGGERS)}")
        if self.where and self.event is None:
            raise ValueError("where goes with an event")
        if self.date is None and self.model_fields_set & {"before_days", "yearly"}:
            raise ValueError("before_days and yearly go with a date")
        return self


class After(Config):
    """In again so many days after the last entry, and not while inside."""

    after_days: int = Field(ge=1, le=LONGEST_DAYS)


class End(Config):
    """What ends an enrolment at any node."""

    when: Condition
    reason: Name


class Migration(Config):
    """The nodes of an earlier version whose people go on at nodes of this one."""

    from_version: int = Field(ge=1, le=LARGEST)
    nodes: Mapping[Name, Name] = Field(min_length=1)


class JourneyDraft(Config):
    """A journey whose nodes are right one by one. ``starts_on``: triggers before this day, in the
    project's time zone, let nobody in, nor does one longer ago than ``enters_within``.
    ``reentry``: ``never``, ``each`` trigger, or ``{after_days: N}``. ``fast``: also moved and
    sent by the fast lane, a minute after what a contact did. ``goal``, ``exits``: end an
    enrolment at any node. ``migrate``: who comes over from an earlier version. ``start``: the
    first node.
    """

    label: Mapping[Literal["en", "zh"], str]
    owner: str
    version: int = Field(ge=1, le=LARGEST)
    starts_on: date
    trigger: Trigger
    enters_within: Window = "7 days"
    entry_condition: Condition | None = None
    reentry: Literal["never", "each"] | After = "never"
    fast: bool = False
    goal: Condition | None = None
    exits: tuple[End, ...] = ()
    migrate: tuple[Migration, ...] = ()
    start: Name
    nodes: Mapping[Name, Node] = Field(min_length=1)


class JourneyConfig(JourneyDraft):
    """``config.meta.journey``: a journey that can run."""

    @model_validator(mode="after")
    def _is_a_graph(self) -> Self:
        problems = [f"{place}: {problem}" for place, problem in graph_problems(self)]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def campaigns(self, journey: str) -> dict[str, CampaignConfig]:
        """{name in the ledger: settings} of its messages. The version is part of the name: an
        enrolment stays on the version it entered, and gets none of its messages twice.
        """
        return {
            campaign_name(journey, self.version, name): CampaignConfig(
                **node.message.model_dump(
                    exclude={"context", "segment", "guardrails", "fast", "variants"},
                    exclude_unset=True,
                ),
                guardrails=node.message.guardrails,
                fast=self.fast,
                segment=self.trigger.segment,
            )
            for name, node in self.nodes.items()
            if isinstance(node, Message)
        }


def journey_name(model: str) -> str:
    """The journey of a model: ``steps_welcome`` and its earlier version ``steps_welcome__v1``."""
    return re.sub(r"__v\d+$", "", model.removeprefix(PREFIX))


def campaign_name(journey: str, version: int, node: str) -> str:
    """The name in the ledger of a message, as the macro journey_campaign writes it."""
    return f"{journey}_v{version}_{node}"


def graph_problems(journey: JourneyDraft) -> list[tuple[str, str]]:
    """(place, what is wrong) of a journey whose nodes are right one by one."""
    problems = nodes_problems(journey.start, journey.nodes)
    return [*problems, *_untimed(journey), *_of_no_event(journey), *_lost_in_migration(journey)]


def _of_no_event(journey: JourneyDraft) -> Iterator[tuple[str, str]]:
    messages = {
        name: node.message for name, node in journey.nodes.items() if isinstance(node, Message)
    }
    for name, message in messages.items():
        for key, value in message.context.items():
            if isinstance(value, OfEvent) and journey.trigger.event is None:
                yield f"nodes.{name}.message.context.{key}", "the trigger is no event"


def _lost_in_migration(journey: JourneyDraft) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(journey.migrate):
        place = f"migrate.{number}"
        if one.from_version >= journey.version:
            yield f"{place}.from_version", f"is not earlier than version {journey.version}"
        for new in one.nodes.values():
            if new not in journey.nodes:
                yield f"{place}.nodes", f"leads to {new}, and there is no such node"


def _untimed(journey: JourneyDraft) -> list[tuple[str, str]]:
    """Events since the entry stand alone in a goal or an exit: their moment ends the enrolment."""
    ends = [("goal", journey.goal), *((f"exits.{n}", e.when) for n, e in enumerate(journey.exits))]
    named = [
        (place, "an event since the entry stands alone; give it a window: within")
        for place, condition in ends
        if condition is not None
        and condition.performed is None
        and any(word.is_since_entry for word in condition.words())
    ]
    entry = journey.entry_condition
    if entry is not None and any(word.is_since_entry for word in entry.words()):
        named.append(("entry_condition", "an event needs a window here: within"))
    return named
