"""Conditions of journeys: the words of segments as data, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from sluice.models.config import Channel

Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,40}$")]
Text = Annotated[str, Field(min_length=1)]
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
WORDS = (
    "in_segment",
    "has_tag",
    "score_at_least",
    "in_stage",
    "attribute_is",
    "reachable_by",
    "prefers",
    "performed",
)
JOINS = ("all", "any", "not")


class Config(BaseModel):
    """Frozen; a key that it does not know is an error, and so is a number that is none."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False
    )


class Performed(Config):
    """An event of the contact, machines left out: ``where`` compares its columns, ``within`` is a
    window that ends now; without one, events since the contact's entry count.
    """

    performed: Text
    where: Mapping[str, str] = {}
    at_least: int = Field(default=1, ge=1, le=1_000_000)
    within: Window | None = None


class Awaited(Config):
    """An event that a wait ends by."""

    performed: Text
    where: Mapping[str, str] = {}


def one_of(*keys: str) -> ConfigDict:
    """What the schema for editors says of a mapping that has exactly one of these keys."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in keys]})


class Condition(Config):
    """One word of segments, or ``all``, ``any``, ``not`` of conditions."""

    model_config = one_of(*WORDS, *JOINS)

    all: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    any: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    not_: Condition | None = Field(default=None, alias="not")
    in_segment: Text | None = None
    has_tag: Text | None = None
    score_at_least: tuple[str, int] | None = None
    in_stage: tuple[str, ...] | None = Field(default=None, min_length=2)
    attribute_is: tuple[str, ...] | None = Field(default=None, min_length=2)
    reachable_by: tuple[Channel, Literal["marketing", "transactional"]] | None = None
    prefers: Channel | None = None
    performed: Text | None = None
    where: Mapping[str, str] = {}
    at_least: int = Field(default=1, ge=1, le=1_000_000)
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
