"""How a value is shown in a language: numbers, shares, days, moments (UTC), words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sluice.activations.plan.sealed import mask
from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.sections import Column
from sluice.orchestration.report.vocabulary import CHINESE

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DASH = "–"
NOT_OF_A_NAME = re.compile(r"[^\w.-]+")
PLAIN_NUMBERS = ("year", "version")  # written without separators
# columns of names that a project gives, which are no words of the product
NAMES = {"source", "record_source", "campaign", "activation", "journey", "segment", "template"}
NAMES |= {"variant", "arm"}
NULL = re.compile(r"\bnull\b[^;.]*")
Labels = Mapping[tuple[str, str], Mapping[str, str]]  # (column, value) -> label by language


@dataclass(frozen=True)
class Cell:
    """What is shown, and ``exact``: the value itself where the text is not it, as a number or ISO
    time.
    """

    text: str
    exact: str = ""
    kind: str = "text"  # number, time, null

    @property
    def is_number(self) -> bool:
        """Whether it opens its definition, and is aligned to the right."""
        return self.kind == "number"


def cell(value: Any, column: Column, language: Language, labels: Labels) -> Cell:
    """A value of a column."""
    if is_missing(value):
        return Cell(DASH, kind="null")
    if isinstance(value, bool):
        return Cell(word("yes" if value else "no", language), exact=str(value).lower())
    if isinstance(value, int | float | Decimal):
        return _number(value, column)
    if isinstance(value, date):
        shown = month if column.name == "month" and value.day == 1 else moment
        return Cell(shown(value, language), value.isoformat(), "time")
    return _text(str(value), column, language, labels)


def is_missing(value: Any) -> bool:
    """Whether there is no value, or a number that is none."""
    return value is None or (isinstance(value, float | Decimal) and not math.isfinite(value))


def number(value: float | Decimal) -> str:
    """With separators of thousands; a fraction to two decimals, a small one to two digits."""
    if value == int(value):
        return f"{int(value):,}"
    if abs(value) >= 0.01:
        return f"{value:,.2f}"
    return f"{value:.2g}"


def percent(value: float | Decimal) -> str:
    """A share, as 12.3 %."""
    shown = f"{float(value) * 100:,.1f}"
    if shown in {"0.0", "-0.0"} and value:
        shown = f"{float(value) * 100:.2g}"
    return f"{shown.removesuffix('.0')} %"


def moment(value: date, language: Language) -> str:
    """A day, or a moment to the minute."""
    if language == "zh":
        day = f"{value.year}年{value.month}月{value.day}日"
    else:
        day = f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{day} {value:%H:%M}" if isinstance(value, datetime) else day


def month(value: date, language: Language) -> str:
    """A month, of its first day."""
    if language == "zh":
        return f"{value.year}年{value.month}月"
    return f"{MONTHS[value.month - 1]} {value.year}"


def word(value: str, language: Language) -> str:
    """A word of the product, such as a state or a channel, in a language."""
    return CHINESE.get(value, value) if language == "zh" else value


def hidden(value: str) -> str:
    """A value of a person that differs from the next; of a short one, such as a name, its
    beginning.
    """
    return mask(value) if len(value) > 6 else f"{value[:1]}***"


def slug(name: str) -> str:
    """A name as a part of an anchor, or of the name of a file."""
    return NOT_OF_A_NAME.sub("-", name)


def reason_of_null(column: Column, language: Language) -> str:
    """Why a value of a column may be missing."""
    if written := column.reason_of_null.get(language):
        return written
    found = NULL.search(column.description)
    if language == "en" and found:
        return found[0].removeprefix("null").strip() or "not known"
    if column.is_rate:
        return "分母为零或未知" if language == "zh" else "there is nothing to divide by"
    return "没有值" if language == "zh" else "there is no value"


def _number(value: float | Decimal, column: Column) -> Cell:
    if column.name.endswith((*PLAIN_NUMBERS, "_id")):
        return Cell(str(value), kind="number" if column.is_number else "text")
    text = percent(value) if column.is_rate else number(value)
    exact = str(value)
    return Cell(text, "" if text == exact else exact, "number")


def _text(value: str, column: Column, language: Language, labels: Labels) -> Cell:
    kind = "segment" if column.name.endswith("segment") else column.name
    label = column.values.get(value) or labels.get((kind, value)) or {}
    named = value if column.name in NAMES else word(value, language)
    shown = label.get(language) or named
    return Cell(shown, "" if shown == value else value)
