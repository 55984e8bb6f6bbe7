"""Who opened, clicked or looked: a person or a program. The rules are rows of agents.csv.

The first pattern that is found in the user agent names the category. A program that pretends to be
a browser is known by what it does: a HEAD request, a click as soon as the mail is sent, several
links at once. Several links at once need several events: the same rule, for events that come one
by one, is in dbt (``int_message_events``).
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("agents.csv")
NOT_GIVEN = "not_given"
LONGEST = 1_000  # of a user agent; what follows says nothing more


@cache
def _rules(rule: str) -> list[tuple[str, str, bool]]:
    """The rows of a rule: pattern, category, whether it is a machine."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["rule"] == rule]
    return [(row["pattern"], row["category"], row["is_machine"] == "yes") for row in rows]


@cache
def _agents() -> list[tuple[re.Pattern[str], str, bool]]:
    return [(re.compile(text, re.I), *rest) for text, *rest in _rules("agent")]  # type: ignore[misc]


@lru_cache(10_000)
def _of_agent(user_agent: str) -> tuple[str, bool]:
    for pattern, category, is_machine in _agents():
        if pattern.search(user_agent):
            return category, is_machine
    return NOT_GIVEN, True


def agent_of(user_agent: object) -> str | None:
    """The category of a user agent; None when none is given."""
    text = user_agent.strip() if isinstance(user_agent, str) else ""
    return _of_agent(text[:LONGEST])[0] if text else None


def is_machine(agent: str | None) -> bool:
    """Whether a category is one of programs that act without a person."""
    return agent in {category for _, category, machine in _rules("agent") if machine}


def classify(
    user_agent: str | None,
    seconds_since_sent: float | None = None,
    links_clicked_together: int = 1,
    method: str = "GET",
) -> tuple[str, bool]:
    """The category of who it was, and whether it was a machine.

    ``user_agent``: None where whoever reports it has none; an empty one is a program's.
    ``seconds_since_sent``: of a click; None for what a mail program may do at once, an open.
    ``links_clicked_together``: different links of the mail within two seconds.
    """
    agent = (user_agent or "").strip()[:LONGEST]
    category, by_agent = (NOT_GIVEN, False) if user_agent is None else _of_agent(agent)
    if by_agent:
        return category, True
    ((head, scanner, _),) = _rules("method")
    ((soon, *_),) = _rules("seconds_since_sent")
    ((many, *_),) = _rules("links_together")
    is_soon = seconds_since_sent is not None and 0 <= seconds_since_sent < float(soon)
    if method.upper() == head or is_soon or links_clicked_together >= int(many):
        return scanner, True
    return category, False
