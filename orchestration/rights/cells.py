"""Which cells of a table are of somebody who was erased.

A cell that is an identifier, or a JSON document that holds one, makes its row theirs. A text that
only mentions one belongs to whoever it is about: the mention goes, the row stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sluice.activations.erasure import WORDS, ErasedKeys

MASK = "*"
PREFIX = "cell:"
WORDY = ("char", "text", "string", "json")
WHOLE = ("int", "hugeint", "bigint", "numeric", "decimal", "uuid")
Rows = Callable[[str], Iterable[tuple[Any, ...]]]


@dataclass(frozen=True)
class CellKind:
    """A column of a raw table whose cells are ids of records of ``source``; with a
    ``source_column``, where that says so.
    """

    table: str
    column: str
    source_column: str
    source: str

    def __str__(self) -> str:
        of = f"{self.source_column}=" if self.source_column else ""
        return f"{PREFIX}{self.table}:{self.column}:{of}{self.source}"

    @classmethod
    def read(cls, kind: str) -> CellKind | None:
        """From its text; None for a hash of another kind."""
        if not kind.startswith(PREFIX) or kind.count(":") < 3:
            return None
        table, column, rest = kind.removeprefix(PREFIX).split(":", 2)
        source_column, equals, source = rest.partition("=")
        return cls(table, column, source_column, source) if equals else cls(table, column, "", rest)


@dataclass
class Theirs:
    """``cells``: by column, the texts that make a row theirs; ``pairs``: (source column, source,
    column, text); ``mentions``: by column, the texts that mention them.
    """

    cells: dict[str, list[str]] = field(default_factory=dict)
    pairs: list[tuple[str, str, str, str]] = field(default_factory=list)
    mentions: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.cells or self.pairs or self.mentions)

    def condition(self, quoted: Mapping[str, str]) -> str:
        """SQL of a row that is theirs; ``quoted``: the columns as the table has them."""
        parts = [
            f"cast({quoted[name]} as varchar) in ({', '.join(map(literal, values))})"
            for name, values in self.cells.items()
        ]
        parts += [
            f"(lower(trim(cast({quoted[of]} as varchar))) = {literal(source)}"
            f" and cast({quoted[name]} as varchar) = {literal(text)})"
            for of, source, name, text in self.pairs
        ]
        return " or ".join(parts) or "1 = 0"


def find_theirs(
    rows: Rows,
    relation: str,
    table: str,
    columns: Mapping[str, tuple[str, str]],
    erased: ErasedKeys,
) -> Theirs:
    """Look through a table. ``columns``: by name, how the relation calls it and its type;
    ``rows``: runs a query.
    """
    found = Theirs()
    kinds = [one for kind, _ in erased.hashes if (one := CellKind.read(kind)) is not None]
    own = {one for one in kinds if one.table == table and one.column in columns}
    for name, (physical, kind) in columns.items():
        if any(part in kind.lower() for part in (*WORDY, *WHOLE)):
            texts = rows(
                f"select distinct cast({physical} as varchar) from {relation}"
                f" where {physical} is not null"
            )
            _read_column(found, name, texts, own, erased)
    for one in own:
        if one.source_column in columns:
            found.pairs += _pairs(rows, relation, one, columns, erased)
    return found


def _read_column(
    found: Theirs,
    name: str,
    texts: Iterable[tuple[Any, ...]],
    own: Iterable[CellKind],
    erased: ErasedKeys,
) -> None:
    here = [str(one) for one in own if one.column == name and not one.source_column]
    for (text,) in texts:
        is_id = any(erased.has(kind, text.strip()) for kind in here)
        how = "row" if is_id else reading(text, erased)
        if how == "row":
            found.cells.setdefault(name, []).append(text)
        elif how == "mention":
            found.mentions.setdefault(name, []).append(text)


def reading(text: str, erased: ErasedKeys, table: str = "", kinds: Iterable[CellKind] = ()) -> str:
    """``row``: the text is an identifier of somebody who was erased, or a document with one;
    ``mention``: it has one among other words; else nothing.
    """
    document = _document(text)
    if document is not None:
        leaves = list(_leaves(document))
        by_name = {one.column: one for one in kinds if one.table == table and not one.source_column}
        if any(
            erased.is_one(value)
            or (name in by_name and erased.has(str(by_name[name]), value.strip()))
            for name, value in leaves
        ):
            return "row"
        return "row" if any(erased.names(value) for _, value in leaves) else ""
    if erased.is_one(text.strip()):
        return "row"
    return "mention" if erased.names(text) else ""


def masked(text: str, erased: ErasedKeys) -> str:
    """A text with asterisks for the identifiers of people who were erased."""

    def instead(found: re.Match[str]) -> str:
        return MASK * len(found[0]) if erased.is_one(found[0].strip(".!?")) else found[0]

    return WORDS.sub(instead, text)


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def _pairs(
    rows: Rows,
    relation: str,
    kind: CellKind,
    columns: Mapping[str, tuple[str, str]],
    erased: ErasedKeys,
) -> Iterator[tuple[str, str, str, str]]:
    of, value = columns[kind.source_column][0], columns[kind.column][0]
    sql = (
        f"select distinct lower(trim(cast({of} as varchar))), cast({value} as varchar)"
        f" from {relation} where {of} is not null and {value} is not null"
    )
    for source, text in rows(sql):
        if source == kind.source and erased.has(str(kind), text.strip()):
            yield kind.source_column, source, kind.column, text


def _document(text: str) -> Any:
    if text[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _leaves(document: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _leaves(value, str(key))
    elif isinstance(document, list):
        for value in document:
            yield from _leaves(value, name)
    elif document is not None and not isinstance(document, bool):
        yield name, str(document)
