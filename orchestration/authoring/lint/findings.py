"""A finding, and the line it is about: offences are found in compiled SQL, authors write raw
SQL.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from sluice.orchestration.plan.audience import COMMENTS


@dataclass(frozen=True, order=True)
class Finding:
    """What is wrong, where, by which rule, and how to fix it. ``file`` is relative to the folder
    that holds the dbt project.
    """

    file: str
    line: int
    rule: str
    message: str
    fix: str

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON shows it."""
        return asdict(self)


def line_of(text: str, *wanted: str) -> int:
    """The first line of ``text`` with one of the ``wanted`` words, the first found wins; else line
    1. Comments do not count.
    """
    code = COMMENTS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for word in wanted:
        match = _pattern(word).search(code)
        if match:
            return code.count("\n", 0, match.start()) + 1
    return 1


def _pattern(word: str) -> re.Pattern[str]:
    """The word with any white space between its parts, and not within a longer name."""
    spaced = r"\s+".join(re.escape(part) for part in word.split())
    before = r"(?<!\w)" if re.match(r"\w", word) else ""
    after = r"(?!\w)" if re.search(r"\w$", word) else ""
    return re.compile(before + spaced + after if spaced else r"(?!)", re.I)


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())
