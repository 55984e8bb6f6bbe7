"""A Tryton-like server: sessions, and create, write and search_read of parties over JSON-RPC, with
the code kept unique.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from datetime import datetime
from operator import eq, ge, gt
from typing import Any

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.faults import HttpFault
from sluice.activations.sandbox.records import KeyTaken, Record, Records
from sluice.activations.sandbox.store import Store
from sluice.activations.sandbox.web import Reply, Request

DATABASE, USERNAME, PASSWORD = "sandbox", "sluice", "sandbox-password"
PARTY, WAY, DEAL = "party.party", "party.contact_mechanism", "sale.opportunity"
PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"=": eq, ">=": ge, ">": gt}
FIELDS = frozenset({"code", "name", "active", "lang", "contact_mechanisms"})
TYPES = frozenset({"email", "phone", "mobile", "website", "other"})


class UserError(Exception):
    """What a user sees."""


class TrytonVendor:
    """POST /sandbox/rpc/."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.records = Records(store, clock, "tryton")
        self.sessions: set[str] = set()
        self.methods: dict[str, Callable[..., Any]] = {
            f"model.{PARTY}.create": self._create,
            f"model.{PARTY}.write": self._write,
            f"model.{PARTY}.search_read": self._parties,
            f"model.{WAY}.search_read": self._ways,
            f"model.{DEAL}.search_read": self._deals,
        }

    def settings(self, url: str) -> dict[str, Any]:
        """Where it is, and how to log in."""
        return {"url": url, "database": DATABASE, "username": USERNAME, "password": PASSWORD}

    def handle(self, request: Request) -> Reply:
        """Answer as trytond does: 401 without a session, else 200 with a result or an error."""
        if request.path != f"/{DATABASE}/rpc/":
            return Reply(405 if request.path == f"/{DATABASE}/" else 404)
        call = request.json()
        if call["method"] == "common.db.login":
            return self._login(*call["params"])
        if request.headers.get("authorization") not in self.sessions:
            return Reply(401)
        if call["method"] not in self.methods:
            return Reply(403)
        try:
            return Reply(
                200, {"id": call["id"], "result": self.methods[call["method"]](*call["params"])}
            )
        except UserError as error:
            return Reply(200, {"id": call["id"], "error": ["UserError", [str(error), "", None]]})
        except KeyError as error:
            return Reply(200, {"id": call["id"], "error": [str(error), ""]})

    def fault_reply(self, fault: HttpFault) -> Reply:
        """Words of Werkzeug, and no JSON."""
        return Reply(int(fault), f"<title>{fault}</title>".encode(), {"Content-Type": "text/html"})

    def _login(self, name: str, parameters: dict[str, str]) -> Reply:
        if (name, parameters.get("password")) != (USERNAME, PASSWORD):
            return Reply(401)
        session = secrets.token_hex(16)
        self.sessions.add("Session " + base64.b64encode(f"{name}:1:{session}".encode()).decode())
        return Reply(200, {"id": 1, "result": [1, session, None]})

    def _create(self, rows: list[dict[str, Any]], context: Any) -> list[int]:
        for row in rows:
            _check(row)
        try:
            ids = [
                self.records.create(
                    PARTY, row["code"], {**row, "active": True, "contact_mechanisms": []}
                )
                for row in rows
            ]
        except KeyTaken:
            raise UserError("The code on party must be unique.") from None
        for record_id, row in zip(ids, rows, strict=True):
            self._change_ways(record_id, row.get("contact_mechanisms", []))
        self.store.add_call("tryton", "create", len(ids))
        return [int(one) for one in ids]

    def _write(self, ids: list[int], values: dict[str, Any], context: Any) -> None:
        _check(values)
        found = [self.records.get(PARTY, str(one)) for one in ids]
        for record in found:
            if record is None:
                raise UserError("You are trying to write to records that don't exist.")
            if not record.properties["active"] and values.keys() - {"active"}:
                raise UserError("You are not allowed to modify the field.")
            self.records.update(
                record,
                {name: value for name, value in values.items() if name != "contact_mechanisms"},
            )
            self._change_ways(record.record_id, values.get("contact_mechanisms", []))

    def _change_ways(self, party: str, steps: list[list[Any]]) -> None:
        for action, *given in steps:
            if action == "create":
                for way in given[0]:
                    self.records.create(WAY, None, {**way, "party": int(party)})
            for way_id in given[0] if action != "create" else []:
                way = self.records.get(WAY, str(way_id))
                if way is None or way.properties["party"] != int(party):
                    raise UserError("the way to contact is not there")
                if action == "write":
                    self.records.update(way, given[1])
                else:
                    self.records.remove(WAY, way.record_id)

    def _parties(
        self, domain: Any, offset: int, limit: Any, order: Any, names: list[str], context: Any
    ) -> list[dict[str, Any]]:
        ((name, operator, value),) = domain
        values = [str(one) for one in value] if operator == "in" else [str(value)]
        shown = [_shown(one) for one in self.records.every(PARTY)]
        kept = [
            one
            for one in shown
            if str(one[name]) in values and (one["active"] or not context.get("active_test", True))
        ]
        return [{key: one.get(key) for key in {*names, "id"}} for one in kept]

    def _ways(
        self, domain: Any, offset: int, limit: Any, order: Any, names: list[str], context: Any
    ) -> list[dict[str, Any]]:
        ((_, _, parties),) = domain
        return [
            _shown(one) for one in self.records.every(WAY) if one.properties["party"] in parties
        ]

    def _deals(
        self, domain: Any, offset: int, limit: int, orders: Any, names: list[str], context: Any
    ) -> list[dict[str, Any]]:
        """Opportunities; a lead was never changed, and so has no write_date."""
        rows = [self._deal(one) for one in self.records.every(DEAL)]
        for name, operator, value in domain:
            wanted, holds = _moment(value), OPERATORS[operator]
            rows = [
                row
                for row in rows
                if (row[name] is None) == (wanted is None)
                and (wanted is None or holds(row[name], wanted))
            ]
        for name, _ in reversed(orders):
            rows.sort(key=lambda row: row[name])
        return [
            {
                **row,
                "create_date": _parts(row["create_date"]),
                "write_date": _parts(row["write_date"]),
            }
            for row in rows[offset : offset + limit]
        ]

    def _deal(self, one: Record) -> dict[str, Any]:
        changed = one.updated_at.replace(tzinfo=None)
        written = None if one.properties.get("state") == "lead" else changed
        party = self.records.get(PARTY, str(one.properties.get("party")))
        amount = {"__class__": "Decimal", "decimal": str(one.properties.get("amount", 0))}
        return {
            **_shown(one), "amount": amount, "create_date": changed, "write_date": written,
            "party.": party and {"code": party.key}, "currency.": {"code": "EUR"},
        }  # fmt: skip


def _moment(value: Any) -> Any:
    return datetime(*(value[name] for name in PARTS)) if isinstance(value, dict) else value


def _parts(moment: datetime | None) -> dict[str, Any] | None:
    if moment is None:
        return None
    return {"__class__": "datetime", **{name: getattr(moment, name) for name in PARTS}}


def _check(row: dict[str, Any]) -> None:
    for name in row.keys() - FIELDS:
        raise KeyError(name)
    for action, *given in row.get("contact_mechanisms", []):
        for way in given[0] if action == "create" else []:
            if way["type"] not in TYPES:
                raise UserError(
                    f"The value {json.dumps(way['type'])} for field Type is not one of the allowed"
                    " options."
                )


def _shown(one: Record) -> dict[str, Any]:
    return {**one.properties, "id": int(one.record_id)}
