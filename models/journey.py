"""What an author writes in ``config.meta.journey``: a journey as data, checked.

Errors name the node: ``nodes.hello.message.channel``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)

from sluice.models.config import CampaignConfig
from sluice.models.journey_graph import nodes_problems

Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,40}$")]
LONGEST_DAYS = 3_660
HOURS = {"hour": 1, "day": 24, "week": 168}
WINDOW = r"^\s*([1-9][0-9]{0,4})\s+(hour|day|week)s?\s*$"


def _length(text: str) -> str:
    found = re.match(WINDOW, text)
    if found is None or int(found[1]) * HOURS[found[2]] > LONGEST_DAYS * 24:
        raise ValueError(
            f"'{text}' is no length: write one as 2 days, in hours, days or weeks, from 1 hour to"
            f" {LONGEST_DAYS:,} days"
        )
    return text


Window = Annotated[
    str, AfterValidator(_length), WithJsonSchema({"type": "string", "pattern": WINDOW})
]
UNTIL = "^(([01][0-9]|2[0-3]):[0-5][0-9]|active_hours)$"
WORDS = ("in_segment", "has_tag", "score_at_least", "in_stage", "attribute_is", "performed")
JOINS = ("all", "any", "not")
TRIGGERS = ("segment", "event", "date", "score", "stage", "tag", "by_hand")
KINDS = ("wait", "wait_until", "wait_for", "branch", "split", "message", "action", "exit")


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Performed(_Config):
    """An event of the contact, machines left out: ``where`` compares its columns, ``within`` is a
    window that ends now; without one, events since the contact's entry count.
    """

    performed: str
    where: Mapping[str, str] = {}
    at_least: int = Field(default=1, ge=1)
    within: Window | None = None


class Awaited(_Config):
    """An event that a wait ends by."""

    performed: str
    where: Mapping[str, str] = {}


def _one_of(*keys: str) -> ConfigDict:
    """What the schema for editors says of a mapping that has exactly one of these keys."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in keys]})


class Condition(_Config):
    """One word of segments, or ``all``, ``any``, ``not`` of conditions."""

    model_config = _one_of(*WORDS, *JOINS)

    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    not_: Condition | None = Field(default=None, alias="not")
    in_segment: str | None = None
    has_tag: str | None = None
    score_at_least: tuple[str, int] | None = None
    in_stage: tuple[str, ...] | None = Field(default=None, min_length=2)
    attribute_is: tuple[str, ...] | None = Field(default=None, min_length=2)
    performed: str | None = None
    where: Mapping[str, str] = {}
    at_least: int = Field(default=1, ge=1)
    within: Window | None = None

    @model_validator(mode="after")
    def _is_one_word(self) -> Self:
        given = self.model_fields_set - {"where", "at_least", "within"}
        if len(given) != 1:
            raise ValueError(f"a condition is one of {', '.join((*WORDS, *JOINS))}")
        if self.performed is None and self.model_fields_set - given:
            raise ValueError("where, at_least and within go with performed")
        return self

    def words(self) -> Iterator[Condition]:
        """The words it is made of."""
        below = [*(self.all or ()), *(self.any or ()), *([self.not_] if self.not_ else [])]
        if not below:
            yield self
        for one in below:
            yield from one.words()

    @property
    def is_since_entry(self) -> bool:
        """True where it counts events from the contact's entry on."""
        return self.performed is not None and self.within is None


class _Node(_Config):
    def targets(self) -> list[str]:
        """The nodes it leads to."""
        named = (getattr(self, name, None) for name in ("next", "on_timeout", "else_"))
        return [one for one in named if one]


class Wait(_Node):
    """Waits so long."""

    wait: Window
    next: Name | None = None


class UntilDate(_Config):
    """Midnight of a contact's own date (birth_date or an attribute), ``minus`` a window."""

    attribute: str
    minus: Window | None = None


class WaitUntil(_Node):
    """Waits for a time of the day, the contact's active hours or a date of the contact's, in the
    project's time zone or its own. ``if_missing``: what becomes of a contact without the date.
    """

    wait_until: Annotated[str, Field(pattern=UNTIL)] | UntilDate
    time_zone: str | None = None
    if_missing: Literal["skip", "exit"] | None = None
    next: Name | None = None

    @model_validator(mode="after")
    def _has_a_date_to_miss(self) -> Self:
        if self.if_missing is not None and isinstance(self.wait_until, str):
            raise ValueError("if_missing goes with wait_until: {attribute: ...}")
        return self

    @model_validator(mode="after")
    def _zone_exists(self) -> Self:
        if self.time_zone is not None and self.time_zone not in available_timezones():
            raise ValueError(f"there is no time zone {self.time_zone}; write one as Asia/Shanghai")
        return self


class WaitFor(_Node):
    """Waits for an event, ``at_most`` so long."""

    wait_for: Awaited
    at_most: Window
    next: Name | None = None
    on_timeout: Name | None = None


class Case(_Config):
    """One way of a branch."""

    when: Condition
    next: Name | None = None


class Branch(_Node):
    """The first way whose condition holds, or else ``else``, which must be there; null ends."""

    branch: tuple[Case, ...] = Field(min_length=1)
    else_: Name | None = Field(alias="else")

    def targets(self) -> list[str]:
        """The nodes it leads to."""
        return [*(one.next for one in self.branch if one.next), *super().targets()]


class Split(_Node):
    """Shares in percent, by a stable hash of the contact."""

    split: Mapping[Name, Annotated[int, Field(ge=0, le=100)]]

    @model_validator(mode="after")
    def _makes_a_whole(self) -> Self:
        if sum(self.split.values()) != 100:
            raise ValueError(f"the shares make {sum(self.split.values())}, not 100")
        return self

    def targets(self) -> list[str]:
        """The nodes it leads to."""
        return list(self.split)


class MessageConfig(CampaignConfig):
    """The settings of a campaign, but for the segment, which is the trigger's; ``context``: values
    for the template.
    """

    segment: None = None
    context: Mapping[str, str | int | float | bool] = {}


class Message(_Node):
    """A message, decided about like any campaign's. ``if_suppressed``: what becomes of the contact
    when it is decided never to send it.
    """

    message: MessageConfig
    if_suppressed: Literal["skip", "wait", "exit"] = "skip"
    next: Name | None = None


class Points(_Config):
    """Points of a score model, given or (below 0) taken for good."""

    score: str
    points: int = Field(ge=-1000, le=1000)


class Action(_Config):
    """One thing that is done besides a message; it shows in the run after."""

    add_tag: str | None = None
    remove_tag: str | None = None
    points: Points | None = None
    enter: Name | None = None
    leave: Name | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"an action is one of {', '.join(type(self).model_fields)}")
        return self


class Act(_Node):
    """Gives or takes a tag or points, or lets the contact into another journey or out of it."""

    action: Action
    next: Name | None = None


class Exit(_Node):
    """Ends the enrolment with a reason."""

    exit: Name


def _kind(value: Any) -> str | None:
    if isinstance(value, BaseModel):
        return next((kind for kind in KINDS if hasattr(value, kind)), None)
    found = [kind for kind in KINDS if isinstance(value, Mapping) and kind in value]
    return found[0] if len(found) == 1 else None


Node = Annotated[
    Annotated[Wait, Tag("wait")]
    | Annotated[WaitUntil, Tag("wait_until")]
    | Annotated[WaitFor, Tag("wait_for")]
    | Annotated[Branch, Tag("branch")]
    | Annotated[Split, Tag("split")]
    | Annotated[Message, Tag("message")]
    | Annotated[Act, Tag("action")]
    | Annotated[Exit, Tag("exit")],
    Discriminator(
        _kind,
        custom_error_type="node_kind",
        custom_error_message=f"a node is exactly one of {', '.join(KINDS)}",
    ),
]


class Trigger(_Config):
    """What lets a contact in: one of ``segment`` (entering it), ``event`` (its columns as in
    ``where``), ``date`` (birth_date or an attribute; ``before_days`` earlier, each year unless
    ``yearly`` is false), ``score`` (a total that reaches so much), ``stage`` (of a lifecycle,
    entered), ``tag`` (given), or nothing but ``by_hand``: what `sluice journeys start` lets
    into every journey.
    """

    model_config = _one_of(*TRIGGERS)

    segment: str | None = None
    event: str | None = None
    where: Mapping[str, str] = {}
    date: str | None = None
    before_days: int = Field(default=0, ge=0, le=364)
    yearly: bool = True
    score: tuple[str, int] | None = None
    stage: tuple[str, ...] | None = Field(default=None, min_length=2)
    tag: str | None = None
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


class After(_Config):
    """In again so many days after the last entry, and not while inside."""

    after_days: int = Field(ge=1)


class End(_Config):
    """What ends an enrolment at any node."""

    when: Condition
    reason: Name


class Migration(_Config):
    """The nodes of an earlier version whose people go on at nodes of this one."""

    from_version: int = Field(ge=1)
    nodes: Mapping[Name, Name] = Field(min_length=1)


class JourneyDraft(_Config):
    """A journey whose nodes are right one by one. ``starts_on``: triggers before this day, in the
    project's time zone, let nobody in. ``reentry``: ``never``, ``each`` trigger, or
    ``{after_days: N}``. ``goal``, ``exits``: end an enrolment at any node. ``migrate``: who
    comes over from an earlier version. ``start``: the first node.
    """

    label: Mapping[Literal["en", "zh"], str]
    owner: str
    version: int = Field(ge=1)
    starts_on: date
    trigger: Trigger
    entry_condition: Condition | None = None
    reentry: Literal["never", "each"] | After = "never"
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
            f"{journey}_v{self.version}_{name}": CampaignConfig(
                **node.message.model_dump(
                    exclude={"context", "segment", "guardrails"}, exclude_unset=True
                ),
                guardrails=node.message.guardrails,
                segment=self.trigger.segment,
            )
            for name, node in self.nodes.items()
            if isinstance(node, Message)
        }


def journey_name(model: str) -> str:
    """The journey of a model: ``steps_welcome`` and its earlier version ``steps_welcome__v1``."""
    return re.sub(r"__v\d+$", "", model.removeprefix("steps_"))


def graph_problems(journey: JourneyDraft) -> list[tuple[str, str]]:
    """(place, what is wrong) of a journey whose nodes are right one by one."""
    problems = nodes_problems(journey.start, journey.nodes)
    return [*problems, *_untimed(journey), *_lost_in_migration(journey)]


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
