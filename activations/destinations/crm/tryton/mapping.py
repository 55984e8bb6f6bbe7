"""Operations as values of a party, with its ways to contact it, and parties as what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sluice.activations.destinations.crm.finding import Found, Records
from sluice.activations.destinations.crm.values import to_text

HELD = "_mechanisms"
PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def to_value(value: Any) -> Any:
    """Times, dates and decimals as Tryton's JSON has them; times are UTC."""
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC)
        return {"__class__": "datetime", **{name: getattr(moment, name) for name in PARTS}}
    if isinstance(value, date):
        return {"__class__": "date", **{name: getattr(value, name) for name in PARTS[:3]}}
    return (
        {"__class__": "Decimal", "decimal": format(value, "f")}
        if isinstance(value, Decimal)
        else value
    )


def values_of(
    given: Mapping[str, Any], mechanisms: Mapping[str, str], held: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of a create (nothing ``held``) or a write: of each way to contact the first is
    changed, or one made.
    """
    values = {name: to_value(value) for name, value in given.items() if name not in mechanisms}
    there: Mapping[str, Sequence[tuple[int, str]]] = held.get(HELD, {})
    steps = [
        step
        for name in given
        if name in mechanisms
        for step in _steps(mechanisms[name], given[name], there)
    ]
    return {**values, "contact_mechanisms": steps} if steps else values


def _steps(
    kind: str, value: Any, there: Mapping[str, Sequence[tuple[int, str]]]
) -> list[list[Any]]:
    known, text = there.get(kind, []), to_text(value)
    if not text:
        return [["delete", [known[0][0]]]] if known else []
    if any(held == text for _, held in known):
        return []
    return (
        [["write", [known[0][0]], {"value": text}]]
        if known
        else [["create", [{"type": kind, "value": text}]]]
    )


def records(
    parties: Sequence[Mapping[str, Any]],
    ways: Sequence[Mapping[str, Any]],
    key_field: str,
    mechanisms: Mapping[str, str],
) -> Records:
    """Parties by our key; each has the first of its ways to contact it under the name of the
    column.
    """
    of_party: dict[int, dict[str, list[tuple[int, str]]]] = {}
    for way in ways:
        of_party.setdefault(way["party"], {}).setdefault(way["type"], []).append(
            (way["id"], way["value"])
        )
    found: Records = {}
    for party in parties:
        held = of_party.get(party["id"], {})
        shown = {name: held[kind][0][1] for name, kind in mechanisms.items() if kind in held}
        found.setdefault(str(party[key_field]), []).append(
            Found(str(party["id"]), {**party, **shown, HELD: held})
        )
    return found
