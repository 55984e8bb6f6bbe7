"""Probable matches as a person looks through them: ``sluice identity review``.

Identifiers are masked: enough to recognise a person by, too little to write to them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.warehouse.base import Session, UnknownNameError, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

REASONS = ("withdrawn_by_probable_match", "frequency_by_probable_match")
PAIRS = """select contact_id_a, contact_id_b, why, evidence, probability, status, decided_by,
    decided_at
from contacts.probable_matches order by 1, 2"""
# whom a pair silences: one side consented, the other withdrew
SILENCED = """select p.contact_id_a, p.contact_id_b, g.contact_id, g.channel
from contacts.probable_matches as p
inner join contacts.contact_consents as w on w.contact_id in (p.contact_id_a, p.contact_id_b)
inner join contacts.contact_consents as g on w.channel = g.channel and w.purpose = g.purpose
    and g.contact_id in (p.contact_id_a, p.contact_id_b) and g.contact_id <> w.contact_id
where w.status = 'withdrawn' and g.status = 'granted' and w.purpose = 'marketing'
    and p.status <> 'dismissed'
order by 1, 2, 3, 4"""
MESSAGES = f"""select contact_id, reason, count(*) from activation.message_decisions
where reason in {REASONS} group by contact_id, reason"""
IDENTIFIERS = """select i.contact_id, i.identifier_type, i.identifier_value
from contacts.contact_identifiers as i
where i.quality <> 'fake' and i.identifier_type in ('email', 'phone', 'unionid')
    and i.contact_id in (select unnest($1::bigint[])) order by 1, 2, 3"""


def list_matches(warehouse: Warehouse, *, is_all: bool) -> list[dict[str, Any]]:
    """The pairs that hold anything back now and are open, or all of them: first those that silence
    somebody, then those that hold back the most messages. Raises ConfigurationError where nothing
    was built yet.
    """
    try:
        with open_warehouse(warehouse) as session:
            pairs = [dict(row) for row in session.execute(PAIRS).records()]
            _add_effects(session, pairs)
            chosen = [one for one in pairs if is_all or _is_waiting(one)]
            _add_identifiers(session, chosen)
    except UnknownNameError as error:
        raise ConfigurationError(
            "this home has no probable matches yet", "run `sluice run` first, or set SLUICE_HOME"
        ) from error
    return sorted(chosen, key=lambda one: (not one["silenced"], -one["messages_held"]))


def _is_waiting(pair: dict[str, Any]) -> bool:
    return pair["status"] == "open" and bool(pair["silenced"] or pair["messages_held"])


def _add_effects(session: Session, pairs: Iterable[dict[str, Any]]) -> None:
    silenced: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for a, b, contact, channel in session.execute(SILENCED).fetchall():
        silenced[int(a), int(b)].append({"contact_id": int(contact), "channel": str(channel)})
    held = {
        (int(contact), str(reason)): int(count)
        for contact, reason, count in session.execute(MESSAGES).fetchall()
    }
    for pair in pairs:
        sides = (int(pair["contact_id_a"]), int(pair["contact_id_b"]))
        pair["silenced"] = silenced[sides]
        pair["messages_held"] = _held(pair, sides, held)


def _held(pair: dict[str, Any], sides: tuple[int, int], held: dict[tuple[int, str], int]) -> int:
    """Messages that the refusal, or the cap, of the pair holds back today."""
    if pair["status"] == "dismissed":
        return 0
    refused, capped = REASONS
    silent = {one["contact_id"] for one in pair["silenced"]}
    return sum(held.get((one, refused), 0) for one in silent) + sum(
        held.get((one, capped), 0) for one in sides
    )


def _add_identifiers(session: Session, pairs: Sequence[dict[str, Any]]) -> None:
    contacts = sorted(
        {int(one[side]) for one in pairs for side in ("contact_id_a", "contact_id_b")}
    )
    known: dict[int, list[str]] = defaultdict(list)
    for contact, kind, value in session.execute(IDENTIFIERS, [contacts]).fetchall():
        known[int(contact)].append(masked(str(kind), str(value)))
    for one in pairs:
        one["identifiers_a"] = known[int(one["contact_id_a"])]
        one["identifiers_b"] = known[int(one["contact_id_b"])]


def masked(kind: str, value: str) -> str:
    """An identifier with its ends only: ``w***@shop.example``, ``+86***0001``."""
    if kind == "email":
        local, _, domain = value.partition("@")
        return f"{local[:1]}***@{domain}"
    return f"{value[:3]}***{value[-4:]}" if len(value) >= 10 else f"***{value[-2:]}"
