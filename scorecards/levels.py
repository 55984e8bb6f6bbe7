"""The levels of an attribute: what a condition is in SQL, in Python and in words. The three say the
same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

Mask = npt.NDArray[np.bool_]
Value = str | bool


def quoted(name: str) -> str:
    """A column name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Value | float) -> str:
    """A value in SQL: the same number, text or truth value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return number_text(value)


def number_text(value: float) -> str:
    """A number as SQL and people write it: no exponent where 15 digits suffice."""
    if value == 0:
        return "0"
    return (
        format(Decimal(repr(value)).normalize(), "f") if 1e-6 <= abs(value) < 1e15 else repr(value)
    )


def cut_between(low: float, high: float) -> float | None:
    """The shortest decimal above ``low`` and not above ``high``; None when it would need more than
    15 digits.
    """
    size = max(abs(low), abs(high))
    places = -math.floor(math.log10(size)) if size else 0
    for step in range(15):
        unit = Decimal(1).scaleb(-(places + step))
        found = float((Decimal(repr(high)) / unit).to_integral_value(ROUND_FLOOR) * unit)
        if low < found <= high:
            return found
    return None


@dataclass(frozen=True)
class Missing:
    """Null."""

    def sql(self, column: str) -> str:
        return f"{column} is null"

    def mask(self, values: pd.Series) -> Mask:
        return values.isna().to_numpy(dtype=bool)

    def words(self) -> str:
        return "is unknown"


@dataclass(frozen=True)
class Between:
    """Numbers from ``low``, to below ``high``; None is no bound."""

    low: float | None
    high: float | None

    def sql(self, column: str) -> str:
        bounds = [(">=", self.low), ("<", self.high)]
        return " and ".join(
            f"{column} {sign} {literal(bound)}" for sign, bound in bounds if bound is not None
        ) or (f"{column} is not null")

    def mask(self, values: pd.Series) -> Mask:
        numbers = values.to_numpy(dtype=float)
        low, high = (
            (-np.inf if self.low is None else self.low),
            (np.inf if self.high is None else self.high),
        )
        is_last = self.high is None
        result: Mask = (numbers >= low) & ((numbers < high) | (is_last & ~np.isnan(numbers)))
        return result

    def words(self) -> str:
        if self.low is None:
            return "is known" if self.high is None else f"is below {number_text(self.high)}"
        return (
            f"is {number_text(self.low)} or more"
            if self.high is None
            else (f"is {number_text(self.low)} to below {number_text(self.high)}")
        )


@dataclass(frozen=True)
class OneOf:
    """Some values."""

    values: tuple[Value, ...]

    def sql(self, column: str) -> str:
        if len(self.values) == 1:
            return f"{column} = {literal(self.values[0])}"
        return f"{column} in ({', '.join(map(literal, self.values))})"

    def mask(self, values: pd.Series) -> Mask:
        return values.isin(self.values).to_numpy(dtype=bool)

    def words(self) -> str:
        return "is " + " or ".join(map(str, self.values))


@dataclass(frozen=True)
class NoneOf:
    """Values that are rare, or were never seen."""

    values: tuple[Value, ...]

    def sql(self, column: str) -> str:
        if not self.values:
            return f"{column} is not null"
        return (  # null is not in nothing: no row
            f"{column} not in ({', '.join(map(literal, self.values))})"
        )

    def mask(self, values: pd.Series) -> Mask:
        return ~values.isin(self.values).to_numpy(dtype=bool) & values.notna().to_numpy(dtype=bool)

    def words(self) -> str:
        return "is a rare value"


Level = Missing | Between | OneOf | NoneOf
