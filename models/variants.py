"""What an author writes in ``variants`` of a campaign: the arms of a plain campaign, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

FALLBACK_LANGUAGE = "en"
Hour = Annotated[int, Field(ge=0, le=24)]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]


class VariantConfig(BaseModel):
    """One variant: its ``weight`` of 100 among new contacts, and what differs from the campaign.

    ``template``: another one in content/. ``subject``: of a mail, by language, Liquid as in its
    file. ``send_at``: ``active_hours`` of the contact, or ``as_soon_as_due``. ``send_hours``: from
    the first hour until the second, on the recipient's clock. ``wait_hours``: so many hours later.
    A variant that says none of them is the campaign as it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: int = Field(ge=0, le=100)
    template: str | None = Field(default=None, min_length=1)
    subject: Mapping[Language, Annotated[str, Field(min_length=1)]] | None = None
    send_at: Literal["active_hours", "as_soon_as_due"] | None = None
    send_hours: tuple[Hour, Hour] | None = None
    wait_hours: int | None = Field(default=None, ge=1, le=720)

    @model_validator(mode="after")
    def _is_one_that_can_be_sent(self) -> Self:
        if self.subject is not None and FALLBACK_LANGUAGE not in self.subject:
            raise ValueError("subject: write en too, which stands in for other languages")
        first, until = self.send_hours or (0, 24)
        if first >= until and (first - until) % 24 == 0:
            raise ValueError("send_hours: the same hour twice is never: write [10, 12]")
        return self

    def differences(self, template: str, send_at: str | None) -> dict[str, Any]:
        """What differs from a campaign with this template and ``send_at``."""
        said = self.model_dump(exclude={"weight"}, exclude_none=True)
        as_it_is = {"template": template, "send_at": send_at or "as_soon_as_due"}
        return {key: value for key, value in said.items() if as_it_is.get(key) != value}


def variants_problem(
    variants: Mapping[str, VariantConfig], template: str, send_at: str | None, channel: str
) -> str | None:
    """What is wrong with the variants of a campaign, with its place first; None for nothing."""
    total = sum(one.weight for one in variants.values())
    if total != 100:
        return f"variants: the weights make {total}, not 100"
    if len(variants) < 2:
        return "variants: there is one arm: write a second one, which can be the campaign as it is"
    known: dict[str, str] = {}
    for name, one in variants.items():
        if one.subject is not None and channel != "email":
            return f"variants.{name}.subject: a mail alone has a subject, and this is {channel}"
        differences = repr(sorted(one.differences(template, send_at).items()))
        if differences in known:
            return f"variants.{name}: without difference: {known[differences]} is the same"
        known[differences] = name
    return None
