"""What an author writes in ``config.meta.experiments``: experiments as data, checked.

On a journey, an experiment is of a ``split`` node; on a segment, of its holdout; on a campaign, of
its variants where ``control`` names one, else of the holdout of its segment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sluice.models.config import LARGEST
from sluice.models.journey_conditions import Config, Name

HELD_OUT, CONTACTED = "held_out", "contacted"
Rise = Annotated[float, Field(ge=0, lt=1)]
Share = Annotated[float, Field(gt=0, lt=1)]


class Metric(Config):
    """What is measured: whether the ``event`` (of ``subject``, where one is named) happened within
    so many days of the assignment, or with ``currency`` the sum of its amounts in that currency.
    ``before_days``: the days before the assignment whose same events explain some of it (CUPED).
    """

    event: str = Field(min_length=1)
    subject: str | None = None
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    within_days: int = Field(ge=1, le=365)
    before_days: int = Field(default=30, ge=1, le=365)


class Horizon(Config):
    """When it is read: the units assigned before the day ``ends_on``, or the first ``units``."""

    ends_on: date | None = None
    units: int | None = Field(default=None, ge=2, le=LARGEST)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.ends_on is None) == (self.units is None):
            raise ValueError("write one of ends_on: a day, or units: a number")
        return self


class Guardrails(Config):
    """The highest rise over the control, as a share of the people, that an arm may cost."""

    unsubscribed: Rise = 0.005
    complained: Rise = 0.001


class ExperimentConfig(Config):
    """One experiment. Days are of the project's time zone.

    ``split``: the node of a journey, none for a holdout, whose arms are ``held_out``, the control,
    and ``contacted``. ``baseline``: the control's rate or mean as it is expected; ``deviation``:
    the standard deviation of a value. ``minimum_effect``: the smallest difference worth finding, in
    the same unit; below 0 where less is better. ``test``: ``fixed`` is read once, at the horizon;
    ``sequential`` may be looked at daily. ``adopt``: an arm that is ``better``, or one that is
    ``not_worse`` by the minimum effect. ``on_win``: what becomes of the arm that the rule decided
    for: ``keep`` changes nothing, ``roll_out`` gives it to everyone who comes after.
    ``stopped_on``: the day a person ended it before.
    """

    hypothesis: str = Field(min_length=1)
    owner: str | None = None
    split: Name | None = None
    control: Name = HELD_OUT
    metric: Metric
    baseline: float
    deviation: float | None = Field(default=None, gt=0)
    minimum_effect: float
    alpha: Share = 0.05
    power: Share = 0.8
    test: Literal["fixed", "sequential"] = "fixed"
    horizon: Horizon
    starts_on: date | None = None
    stopped_on: date | None = None
    guardrails: Guardrails = Guardrails()
    adopt: Literal["better", "not_worse"] = "better"
    on_win: Literal["keep", "roll_out"] = "keep"

    @property
    def is_rate(self) -> bool:
        """True where the metric is whether it happened, False for a value."""
        return self.metric.currency is None

    @model_validator(mode="after")
    def _fits_its_metric(self) -> Self:
        if self.minimum_effect == 0:
            raise ValueError("minimum_effect is 0: write the smallest difference worth finding")
        if not self.is_rate and self.deviation is None:
            raise ValueError("a value needs its deviation: write the standard deviation per person")
        if not self.is_rate:
            return self
        if self.deviation is not None:
            raise ValueError("deviation goes with a value: write metric.currency, or take it out")
        if not 0 < self.baseline < 1:
            raise ValueError("baseline of a rate is above 0 and below 1: write 0.05 for 5 %")
        if not 0 <= self.baseline + self.minimum_effect <= 1:
            raise ValueError("baseline and minimum_effect make no rate between 0 and 1")
        return self

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.starts_on is None:
            if self.split is None and self.control in (HELD_OUT, CONTACTED):
                raise ValueError("a holdout needs starts_on: who entered before is not in it")
            return self
        for name, day in (
            ("horizon.ends_on", self.horizon.ends_on),
            ("stopped_on", self.stopped_on),
        ):
            if day is not None and day <= self.starts_on:
                raise ValueError(f"{name} {day} is not after starts_on {self.starts_on}")
        return self


def split_problem(config: ExperimentConfig, shares: Mapping[str, int]) -> str | None:
    """What is wrong with an experiment of a split of these shares, in words; None for nothing."""
    return arms_problem(config, shares, f"split {config.split}")


def arms_problem(config: ExperimentConfig, shares: Mapping[str, int], of: str) -> str | None:
    """What is wrong with an experiment of arms of these shares, in words; None for nothing.
    ``of``: what the arms are of.
    """
    if config.control not in shares:
        return f"control {config.control} is no arm of {of}: {', '.join(shares)}"
    if not shares[config.control]:
        return f"control {config.control} has a share of 0 in {of}"
    arms = sum(share > 0 for share in shares.values())
    if arms < 2:
        return f"{of} has one arm with people: there is nothing to compare"
    if config.adopt == "not_worse" and arms > 2:
        return "adopt: not_worse is of one arm and the control: write better, or take arms out"
    return None
