"""The YAML between ``{% set ... %}`` and ``{% endset %}`` at the top of a model: rules of a score, a lifecycle or the tags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BLOCK = re.compile(r"\{%-?\s*set\s+(?P<name>\w+)\s*-?%\}[ \t]*\n(?P<text>.*?)\{%-?\s*endset\s*-?%\}", re.DOTALL)


@dataclass(frozen=True)
class RulesText:
    """The YAML of a model as written, the name it is set to, and the number of its first line in the file, from 1."""

    name: str
    text: str
    first_line: int

    @property
    def data(self) -> Any:
        """The rules as data. Raises yaml.YAMLError, whose marks count from the first line of the text."""
        return yaml.safe_load(self.text)


def read_rules(path: Path) -> RulesText | None:
    """The rules of a model; None when the file has no such text."""
    sql = path.read_text(encoding="utf-8")
    found = BLOCK.search(sql)
    if found is None:
        return None
    return RulesText(found["name"], found["text"], sql[: found.start("text")].count("\n") + 1)
