"""``sluice export``: all that is held about a person, as data and as a page to read."""

from __future__ import annotations

import html
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sluice.activations.erasure import ErasedKeys
from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.inspection.contact import describe_contact, find_contacts
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.rights.forget import describe
from sluice.orchestration.rights.labels import label
from sluice.orchestration.rights.person import Person
from sluice.orchestration.rights.stores import warehouse as rows
from sluice.orchestration.rights.why import reasons_of
from sluice.orchestration.warehouse.reader import open_warehouse

HIDDEN = frozenset({"row_hash", "record_hash", "address_key", "batch"})
STYLE = """
body { font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif;
  margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #222; }
h2 { margin-top: 2rem; border-bottom: 1px solid #ccc; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { border: 1px solid #ddd; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { background: #f4f4f4; }
"""


def export(
    settings: Settings, ledger: Ledger, key: str, activations: Sequence[Activation]
) -> list[dict[str, Any]]:
    """Of each contact that a key finds: what the golden record, decisions and deliveries say, the
    rows of raw tables, the ledger's own, and what destinations have. Raises ConfigurationError
    where nobody has the key.
    """
    if not settings.warehouse.can_erase:  # by the same search for what is theirs
        raise settings.warehouse.refuse("`sluice export`", "use `sluice contact KEY`")
    contacts = find_contacts(settings.warehouse, key)
    if not contacts:
        raise ConfigurationError(
            "nobody is known by this key",
            "give an e-mail, phone, unionid, cookie, record id or contact id as a source wrote it",
        )
    return [_one(settings, ledger, one, activations) for one in contacts]


def _one(
    settings: Settings, ledger: Ledger, contact: int, activations: Sequence[Activation]
) -> dict[str, Any]:
    secret = secrets.token_bytes(32)  # nothing of an export is kept
    person = describe(settings, ledger, [contact], activations, secret)
    found: dict[str, Any] = {
        "exported_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        **describe_contact(settings.warehouse, contact),
    }
    found["corrections"] = [_plain(row) for row in ledger.corrections(person.contact_ids)]
    found["journey_orders"] = [_plain(row) for row in ledger.journey_orders(person.contact_ids)]
    found["match_decisions"] = [_plain(row) for row in ledger.match_decisions(person.contact_ids)]
    found["why_messages"] = reasons_of(settings.warehouse, person.contact_ids)
    found["events"] = _events(settings, person)
    found["raw"] = _raw_rows(settings, person, secret)
    found["ledger_deliveries"] = [
        {name: value for name, value in _plain(row).items() if name not in HIDDEN}
        for row in ledger.deliveries_of(person.subject())
    ]
    found["destinations"] = [
        {"destination": destination, "activation": activation, "vendor_id": vendor_id}
        for activation, destination, _, _, vendor_id in person.held
    ]
    return found


def _events(settings: Settings, person: Person) -> list[dict[str, Any]]:
    ids = ", ".join(map(str, person.contact_ids))
    sql = (
        "select occurred_at, event_type, source, subject, amount, currency, utm_source,"
        " utm_campaign, properties from contacts.contact_events"
        f" where contact_id in ({ids}) order by occurred_at"
    )
    with open_warehouse(settings.warehouse) as session:
        return [_plain(row) for row in session.execute(sql).records()]


def _raw_rows(settings: Settings, person: Person, secret: bytes) -> dict[str, list[dict[str, Any]]]:
    """Every row that a source sent of the person, as it was landed; bad rows too."""
    erased = ErasedKeys(secret, frozenset(person.keys))
    found: dict[str, list[dict[str, Any]]] = {}
    with open_warehouse(settings.warehouse) as session:
        tables = rows.tables_of(session)
        for table, columns in rows.raw_tables_of(session, tables):
            theirs = rows.theirs_in(session, table, columns, erased)
            if theirs.cells or theirs.pairs:
                condition = theirs.condition({name: rows.quoted(name) for name in columns})
                sql = f"select * from {rows.relation(table)} where {condition}"
                found[table[1]] = [_plain(row) for row in session.native(sql).records()]
        quarantine = (f"{session.prefix}raw", "quarantine")
        if quarantine in tables:
            bad = rows.quarantined_of(session, quarantine, person, erased)
            if bad:
                found["quarantine"] = [_plain(row) for row in bad]
    return found


def as_page(people: Sequence[Mapping[str, Any]]) -> str:
    """One HTML page, with nothing that is loaded from elsewhere; labels are English and Chinese."""
    body = "".join(_section(person) for person in people)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{label('title')}</title><style>{STYLE}</style></head><body>"
        f"<h1>{label('title')}</h1>{body}</body></html>\n"
    )


def _section(person: Mapping[str, Any]) -> str:
    parts = [f"<p>{label('exported_at')}: {html.escape(str(person['exported_at']))}</p>"]
    for name, value in person.items():
        if name == "raw":
            parts += [
                _table(f"{label('raw')}: {html.escape(table)}", rows)
                for table, rows in value.items()
            ]
        elif isinstance(value, list) and value:
            parts.append(_table(label(name), value))
    return "".join(parts)


def _table(title: str, listed: Sequence[Mapping[str, Any]]) -> str:
    names = [name for name in listed[0] if any(row.get(name) is not None for row in listed)]
    head = "".join(f"<th>{label(name)}</th>" for name in names)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{html.escape('' if row.get(name) is None else str(row[name]))}</td>"
            for name in names
        )
        + "</tr>"
        for row in listed
    )
    return f'<h2>{title}</h2><div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in row.items()
        if name not in HIDDEN
    }
