"""The YAML between ``{% set ... %}`` and ``{% endset %}`` at the top of a model: rules of a score,
a lifecycle or the tags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BLOCK = re.compile(
    r"\{%-?\s*set\s+(?P<name>\w+)\s*-?%\}[ \t]*\n(?P<text>.*?)\{%-?\s*endset\s*-?%\}", re.DOTALL
)
EVENT_WORDS = (
    "page",
    "form",
    "campaign",
    "product",
    "stage",
    "menu_key",
    "message_kind",
)  # names of an event's subject, as the macro event_words() has them


@dataclass(frozen=True)
class RulesText:
    """The YAML of a model as written, the name it is set to, and the number of its first line in
    the file, from 1.
    """

    name: str
    text: str
    first_line: int

    @property
    def data(self) -> Any:
        """The rules as data. Raises yaml.YAMLError, whose marks count from the first line of the
        text.
        """
        return yaml.safe_load(self.text)

    @property
    def in_place(self) -> str:
        """The YAML after as many empty lines as stand before it: its marks count the lines of the
        file.
        """
        return "\n" * (self.first_line - 1) + self.text


def read_rules(path: Path) -> RulesText | None:
    """The rules of a model's file; None when it has no such text."""
    return read_rules_of(path.read_text(encoding="utf-8"))


def read_rules_of(sql: str) -> RulesText | None:
    """The rules of a model's SQL; None when it has no such text."""
    found = BLOCK.search(sql)
    if found is None:
        return None
    return RulesText(found["name"], found["text"], sql[: found.start("text")].count("\n") + 1)
