"""Made-up contacts that a text is tried with: no value is of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from liquid import Environment
from liquid.exceptions import LiquidError

from sluice.orchestration.content.entries import Entry

LINKS = {
    "unsubscribe_url": "https://sluice.example/u/token",
    "preferences_url": "https://sluice.example/p/token",
    "share_url": "https://sluice.example/s/token",
}
# what a name of a variable says of its value; the first that fits
BY_NAME: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"(_url|_link|^url|^link)$"), "https://shop.example/page"),
    (re.compile(r"(date|_on|_at|day)$"), "2026-06-30"),
    (re.compile(r"(count|visits|points|number_of|days|score|quantity)"), 3),
    (re.compile(r"(price|amount|total|value|discount)"), 99.5),
    (re.compile(r"(number|code|_id)$"), "A1024"),
    (re.compile(r"(items|products|orders|list)$"), [{"name": "A", "price": 1}]),
)
WORDS = {"zh": {"name": "王小明", "other": "示例"}, "en": {"name": "Alex Smith", "other": "sample"}}
LONG = "long values"
LONG_WORDS = {"zh": "欧阳" * 15, "en": "Wolfeschlegelstein" * 3}


@cache
def variables(source: str) -> frozenset[str]:
    """The variables that a Liquid text reads; none of one that cannot be parsed."""
    try:
        return frozenset(Environment().from_string(source).analyze().globals)
    except LiquidError:
        return frozenset()


def used(entry: Entry) -> frozenset[str]:
    """The variables that the files of an entry read, without those of links."""
    read: frozenset[str] = frozenset().union(*(variables(text) for _, text in entry.sources()))
    return read - set(LINKS)


def sample_contacts(
    entry: Entry, constants: Mapping[str, Any] | None = None
) -> dict[str, Mapping[str, Any]]:
    """{who: values}: the samples of the front matter, somebody of whom all is known, of whom
    nothing is, and with long values. ``constants``: what each contact gets alike.

    Raises ContentError where a block is missing.
    """
    given = {name: value for name, value in (constants or {}).items() if value is not None}
    names = used(entry)
    language = "zh" if entry.language.startswith("zh") else "en"
    known = {name: _value(name, language) for name in names}
    nothing = {
        name: "" if isinstance(value, str) and not value.startswith("https:") else value
        for name, value in known.items()
    }
    long = {
        name: LONG_WORDS[language] if "name" in name or name == "company" else value
        for name, value in known.items()
    }
    made = {"all known": known, "nothing known": nothing, LONG: long}
    own = {f"sample {n}": one for n, one in enumerate(entry.about.samples, 1)}
    return {who: {**LINKS, **values, **given} for who, values in {**own, **made}.items()}


def _value(name: str, language: str) -> Any:
    fitting = (value for pattern, value in BY_NAME if pattern.search(name))
    words = WORDS[language]
    return next(fitting, words["name"] if "name" in name else words["other"])
