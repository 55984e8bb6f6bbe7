"""Nodes of journeys: what they may be, as data, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

from sluice.models.config import CampaignConfig
from sluice.models.journey_conditions import Awaited, Condition, Config, Name, Text, Window, one_of

KINDS = ("wait", "wait_until", "wait_for", "branch", "split", "message", "action", "exit")
WAYS = ("next", "on_timeout", "on_none", "on_suppressed", "else_")
OFFERS = ("give_coupon", "assign")
UNTIL = "^(([01][0-9]|2[0-3]):[0-5][0-9]|active_hours)$"


class _Node(Config):
    def targets(self) -> list[str]:
        """The nodes it leads to."""
        named = (getattr(self, name, None) for name in WAYS)
        return [one for one in named if one]


class Wait(_Node):
    """Waits so long."""

    wait: Window
    next: Name | None = None


class UntilDate(Config):
    """Midnight of a contact's own date (birth_date or an attribute), ``minus`` a window."""

    attribute: Text
    minus: Window | None = None


def _until(value: Any) -> str:
    return "date" if isinstance(value, Mapping | UntilDate) else "clock"


class WaitUntil(_Node):
    """Waits for a time of the day, the contact's active hours or a date of the contact's, in the
    project's time zone or its own. ``if_missing``: what becomes of a contact without the date.
    """

    wait_until: Annotated[
        Annotated[str, Field(pattern=UNTIL), Tag("clock")] | Annotated[UntilDate, Tag("date")],
        Discriminator(_until),
    ]
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


class Case(Config):
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


class OfEvent(Config):
    """A value of the event that let the contact in: a column of ``contact_events``, by its name or
    its name in ``where``, else a property. Missing where the event has none, and for who was let in
    otherwise.
    """

    event: Text


class OfAttribute(Config):
    """A value of the contact's own: an attribute that a source gives. Missing where none does."""

    attribute: Text


def _value(value: Any) -> str:
    if isinstance(value, Mapping | OfEvent | OfAttribute):
        return "attribute" if "attribute" in dict(value) else "event"
    return "constant"


Value = Annotated[
    Annotated[str | int | float | bool, Tag("constant")]
    | Annotated[OfEvent, Tag("event")]
    | Annotated[OfAttribute, Tag("attribute")],
    Discriminator(_value),
]


class MessageConfig(CampaignConfig):
    """The settings of a campaign, but for the segment, which is the trigger's; ``context``: values
    for the template.
    """

    segment: None = None
    fast: Literal[False] = False  # the journey says it
    variants: None = None  # of a journey: two nodes after a split
    context: Mapping[str, Value] = {}


class Message(_Node):
    """A message, decided about like any campaign's. ``if_suppressed``: what becomes of the contact
    when it is decided never to send it; ``on_suppressed``: the node where it goes then, as one with
    a message on another channel.
    """

    message: MessageConfig
    if_suppressed: Literal["skip", "wait", "exit"] = "skip"
    on_suppressed: Name | None = None
    next: Name | None = None

    @model_validator(mode="after")
    def _goes_one_way(self) -> Self:
        if self.on_suppressed is not None and "if_suppressed" in self.model_fields_set:
            raise ValueError("on_suppressed says where to go: take if_suppressed out")
        return self


class Points(Config):
    """Points of a score model, given or (below 0) taken for good."""

    score: str
    points: int = Field(ge=-1000, le=1000)


class Assign(Config):
    """Someone of a ``team``, ``by`` an attribute of the contact: of those who serve its value, then
    of those who serve anyone.
    """

    team: Name
    by: str | None = None


def _assign(value: Any) -> str:
    return "by" if isinstance(value, Mapping | Assign) else "team"


class Action(Config):
    """One thing that is done besides a message; it shows in the run after."""

    model_config = one_of(
        *("add_tag", "remove_tag", "points", "enter", "leave", "add_to", "remove_from", "call"),
        *OFFERS,
    )

    add_tag: Text | None = None
    remove_tag: Text | None = None
    points: Points | None = None
    enter: Name | None = None
    leave: Name | None = None
    add_to: Name | None = None
    remove_from: Name | None = None
    call: Name | None = None
    give_coupon: Name | None = None
    assign: (
        Annotated[
            Annotated[Name, Tag("team")] | Annotated[Assign, Tag("by")], Discriminator(_assign)
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"an action is one of {', '.join(type(self).model_fields)}")
        return self


class Act(_Node):
    """Gives or takes a tag or points, puts the contact on a list or takes it off, lets it into
    another journey or out of it, makes a row for a sync to act on, gives a coupon of a pool, or
    assigns the contact to someone of a team. ``on_none``: where to go when the pool or team has
    nothing left; without it the contact waits.
    """

    action: Action
    next: Name | None = None
    on_none: Name | None = None

    @model_validator(mode="after")
    def _can_run_out(self) -> Self:
        if self.on_none is not None and not self.action.model_fields_set & set(OFFERS):
            raise ValueError(f"on_none goes with {' and '.join(OFFERS)}")
        return self


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
