"""The script for sites as it is served: no comments, no blanks, short names for its own names.

It reads the JavaScript of tracker.js, which ends each statement with a semicolon, has no backtick
inside a template and no quote inside a regular expression.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterable, Iterator

TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\n]*)
    |(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
    |(?P<template>`(?:\\.|[^`\\])*`)
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<mark>\.\.\.|=>|[^\w\s'"`])""",
    re.X,
)
# where a value is expected, a slash begins a regular expression
PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n[])+/[a-z]*")
BEFORE_VALUE = frozenset("(=,:[!&|?;{}") | {"=>"}
IDENTIFIER = re.compile(r"(?<![\w$.'-])[A-Za-z_$][\w$]*(?!')")
KEPT = frozenset({"const", "let"})
Token = tuple[str, str]


def minify(source: str) -> str:
    """The script in fewer bytes; it does the same."""
    tokens = list(_tokens(source))
    short = _short_names(tokens)
    parts: list[str] = []
    for place, (kind, text) in enumerate(tokens):
        if _is_needless(tokens, place):
            continue
        if text == "const":
            text = "let"
        if kind == "name":
            text = short.get(text, text)
        elif kind == "template":
            text = _in_template(text, short)
        if parts and _touches(parts[-1][-1], text[0]):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)


def _tokens(source: str) -> Iterator[Token]:
    place, last = 0, ";"
    while place < len(source):
        found = TOKEN.match(source, place)
        pattern = PATTERN.match(source, place) if last in BEFORE_VALUE else None
        if pattern is not None and (found is None or found.lastgroup != "blank"):
            found = pattern
        if found is None:
            raise ValueError(f"tracker.js cannot be read at {source[place : place + 20]!r}")
        place = found.end()
        if found.lastgroup != "blank":
            last = found[0]
            yield found.lastgroup or "pattern", last


def _short_names(tokens: list[Token]) -> dict[str, str]:
    """Names that are declared here, and are the name of no property."""
    texts = [text for _, text in tokens]
    declared = dict.fromkeys(_declared(tokens))
    taken: set[str] = set()
    for place, (kind, text) in enumerate(tokens):
        if kind != "name":
            continue
        before, after = texts[place - 1], texts[place + 1]
        is_property = before == "." or after == ":" or (before in "{," and after in ",}")
        if text not in declared or (is_property and before != "?"):
            taken.add(text)
    new = (one for one in _letters() if one not in taken)
    return {name: next(new) for name in declared if name not in taken}


def _declared(tokens: list[Token]) -> Iterator[str]:
    texts = [text for _, text in tokens]
    for place, text in enumerate(texts):
        if text in KEPT:
            end = texts.index("]", place) if texts[place + 1] == "[" else place + 1
            yield from _names(tokens[place + 1 : end + 1])
        if text == "=>" and texts[place - 1] == ")":
            start = len(texts) - 1 - texts[::-1].index("(", len(texts) - place)
            if "{" not in texts[start:place]:
                yield from _names(tokens[start:place])


def _names(tokens: Iterable[Token]) -> Iterator[str]:
    return (text for kind, text in tokens if kind == "name")


def _letters() -> Iterator[str]:
    for size in (1, 2):
        for letters in itertools.product(string.ascii_letters, repeat=size):
            yield "".join(letters)


def _is_needless(tokens: list[Token], place: int) -> bool:
    """What ends a block or an object once more; the brackets of a function's one argument."""
    texts = [text for _, text in tokens[place : place + 4]]
    if texts[0] in ";,":
        return texts[1:2] == ["}"]
    if texts[0] == ")":
        place, texts = place - 2, [text for _, text in tokens[place - 2 : place + 2]]
    is_alone = texts[:1] == ["("] and texts[2:] == [")", "=>"]
    return is_alone and place >= 0 and tokens[place + 1][0] == "name"


def _in_template(text: str, short: dict[str, str]) -> str:
    """Renamed within ``${}``, which holds neither braces nor texts with names of ours."""

    def renamed(found: re.Match[str]) -> str:
        text = IDENTIFIER.sub(lambda name: short.get(name[0], name[0]), found[0])
        return re.sub(r" ([=?:+]+) ", r"\1", text)

    return re.sub(r"\$\{[^}]*\}", renamed, text)


def _touches(last: str, first: str) -> bool:
    def is_word(one: str) -> bool:
        return one.isalnum() or one in "_$"

    return is_word(last) and is_word(first)
