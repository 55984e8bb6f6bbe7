"""What is said of a text that cannot be filled in: the file, the line, and the value that is
missing, and never a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from liquid.exceptions import LiquidError, UndefinedError

from sluice.models.errors import ContentError

IN_MARKS = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
BLOCK = re.compile(r"\{%-?\s*include\s+['\"]([A-Za-z0-9_-]+)['\"]\s*-?%\}")


def filling_error(error: LiquidError, path: Path | None, words: str) -> ContentError:
    """``words`` with the file and line of a text that lacks a value, or whose filter fails.

    What a filter says may quote a value, so its name alone is given; so does a key that is a
    variable.
    """
    is_missing = isinstance(error, UndefinedError)
    name = error.token.value if error.token is not None else ""
    what = _missing(error, path, name) if is_missing else f"'{name}' fails ({type(error).__name__})"
    found = next(_lines(path, name), None) if path is not None and name else None
    file, line = found or (path.name if path is not None else "", 0)
    place = f" ({file}{f', line {line}' if line else ''})" if file else ""
    reason = ":".join(str(part) for part in ("template_error", file, line, name) if part)
    fix = "add the variable to the campaign's context, or write a default"
    return ContentError(f"{words}: {what}{place}", fix if is_missing else "correct it", reason)


def _missing(error: LiquidError, path: Path | None, name: str) -> str:
    """What is undefined, as the text itself writes it."""
    message = str(error.message)
    shown = message.removesuffix(" is undefined").strip("'")
    is_written = shown == name or (path is not None and any(_lines(path, shown)))
    return message if is_written or not name else f"a part of '{name}' is undefined"


def _lines(path: Path, name: str) -> Iterator[tuple[str, int]]:
    """The files and lines in whose Liquid a name stands: of the text, then of its blocks."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    for marked in IN_MARKS.finditer(source):
        if found := word.search(marked[0]):
            yield path.name, source.count("\n", 0, marked.start() + found.start()) + 1
    folder = path.parent if path.parent.name == "blocks" else path.parent / "blocks"
    for block in BLOCK.findall(source):
        yield from _lines(folder / f"{block}.{path.name.partition('.')[2]}", name)
