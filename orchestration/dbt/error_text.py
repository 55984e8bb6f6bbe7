"""What a warehouse says of a statement that failed, without the values of rows that it quotes."""

from __future__ import annotations

import re

# they quote names and SQL, which the author wrote
OF_NAMES = re.compile(
    r"\b(Binder|Catalog|Parser|Syntax|Compilation|Dependency|Parsing)"
    r" Error\b|\b(relation|column|function) \S+ does not exist"
)
HIDDEN = "…"


def without_values(message: str) -> str:
    """The message; where it may speak of a row, without anything in quotes or brackets after ``=``,
    and without long numbers.
    """
    if OF_NAMES.search(message) or not re.search(r"\b(Error|ERROR|error)\b", message):
        return message
    head, _, _ = message.rpartition("\n\nLINE ")
    text = head or message
    for pattern in (r"'.*'", r'".*"', r"=\s*\(.*\)"):
        text = re.sub(pattern, HIDDEN, text, flags=re.DOTALL)
    return re.sub(r"\S*@\S*|\d{4,}(\.\d+)?", HIDDEN, text)
