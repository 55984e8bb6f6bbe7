"""As much SOQL as a sync asks: columns of one object, conditions joined by AND, an order and a
limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

QUERY = re.compile(
    r"SELECT (?P<names>[\w, ]+) FROM (?P<kind>\w+)(?: WHERE (?P<where>.+?))?"
    r"(?: ORDER BY (?P<order>[\w, ]+?))?(?: LIMIT (?P<limit>\d+))?",
    re.S,
)
TOKEN = re.compile(r"\s*('(?:[^'\\]|\\.)*'|>=|<=|[(),=<>]|[\w:.+-]+)")
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


class BadQuery(Exception):
    """The query is none."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read: ``keep`` says whether a row is wanted."""

    names: Sequence[str]
    kind: str
    order: Sequence[str]
    limit: int | None
    keep: Callable[[Mapping[str, Any]], bool]


def read(text: str) -> Query:
    """Read a query. Raises BadQuery."""
    found = QUERY.fullmatch(text.strip())
    if found is None:
        raise BadQuery
    conditions = _conditions(found["where"] or "")
    names = [name.strip() for name in found["names"].split(",")]
    order = [name.strip() for name in (found["order"] or "").split(",") if name.strip()]
    limit = int(found["limit"]) if found["limit"] else None
    return Query(
        names, found["kind"], order, limit, lambda row: all(one(row) for one in conditions)
    )


def _conditions(text: str) -> list[Callable[[Mapping[str, Any]], bool]]:
    tokens = _tokens(text)
    found: list[Callable[[Mapping[str, Any]], bool]] = []
    while tokens:
        try:
            name, operator = tokens.pop(0), tokens.pop(0)
            found.append(
                _one_of(name, tokens)
                if operator == "IN"
                else _compared(name, operator, tokens.pop(0))
            )
            if tokens and tokens.pop(0) != "AND":
                raise BadQuery
        except (IndexError, KeyError) as error:
            raise BadQuery from error
    return found


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    while place < len(text.rstrip()):
        token = TOKEN.match(text, place)
        if token is None:
            raise BadQuery
        found.append(token[1])
        place = token.end()
    return found


def _one_of(name: str, tokens: list[str]) -> Callable[[Mapping[str, Any]], bool]:
    if tokens.pop(0) != "(":
        raise BadQuery
    values = set()
    while (one := tokens.pop(0)) != ")":
        if one != ",":
            values.add(_value(one))
    return lambda row: _comparable(row.get(name)) in values


def _compared(name: str, operator: str, text: str) -> Callable[[Mapping[str, Any]], bool]:
    compare, value = OPERATORS[operator], _value(text)
    return lambda row: row.get(name) is not None and compare(_comparable(row.get(name)), value)


def _value(token: str) -> Any:
    if token.startswith("'"):
        return re.sub(
            r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), token[1:-1]
        ).lower()
    if token in {"true", "false"}:
        return token == "true"
    try:
        return datetime.fromisoformat(token)
    except ValueError as error:
        raise BadQuery from error


def _comparable(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
