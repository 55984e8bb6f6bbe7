"""``sluice forget``: a person is taken out of every store, and kept out.

In this order, each step on disk before the next, so that a killed process is continued by the next
call: what is known of the person and the hashes that keep them out go into the ledger; destinations
are asked; the stores erase; the bytes are made to go; a search proves it; what the erasure worked
with goes last. Until then no run begins.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sluice.activations.erasure import ErasedKeys, hashes_of
from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.inspection.contact import find_contacts
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.push.pauses import person as who_am_i
from sluice.orchestration.recovery.files import remember_warehouse, require_whole
from sluice.orchestration.rights import destinations
from sluice.orchestration.rights.key_columns import key_columns
from sluice.orchestration.rights.person import Person, collect, is_known
from sluice.orchestration.rights.person_keys import keys_of
from sluice.orchestration.rights.secret import keep_keys, secret_of
from sluice.orchestration.rights.sources import source_files
from sluice.orchestration.rights.stores import warehouse as rows
from sluice.orchestration.rights.stores.base import STORES, Erasure
from sluice.orchestration.rights.stores.files import search
from sluice.orchestration.rights.strangers import find_stranger
from sluice.orchestration.rights.unlanded import find_unlanded, require_unlanded
from sluice.orchestration.runs import lock
from sluice.orchestration.runs.state import open_ledger
from sluice.orchestration.serving.preferences import pages_file
from sluice.orchestration.warehouse.reader import open_warehouse

REPLAY, BACKTESTS, LANE = "replay", "backtest-*", "fast"


@dataclass
class Report:
    """What an erasure did: counts, places and what is left to do by hand; no personal data."""

    erasure_id: int
    state: str
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    destinations: list[dict[str, Any]] = field(default_factory=list)
    found_after: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return dict(vars(self))


def forget(
    settings: Settings, key: str, activations: Sequence[Activation], reason: str | None = None
) -> list[Report]:
    """Erase whoever a key finds, and finish what an earlier call began.

    Raises BlockedError while a run is at work; ConfigurationError where nobody has the key, and,
    before anything is written, for a warehouse that rows cannot be taken out of.
    """
    if not settings.warehouse.can_erase:
        raise settings.warehouse.refuse(
            "`sluice forget`",
            "have the person erased at the sources, and in the tables that `sluice contact KEY`"
            " names as whoever keeps the warehouse does it",
        )
    lock.acquire(settings.home, warehouse=settings.warehouse.lock)
    try:
        require_whole(settings)
        ledger = open_ledger(settings)
        ledger.recover(datetime.now(UTC))
        done = finish_begun(settings, ledger, activations)
        if not key:
            return done
        found = _begin(settings, ledger, key, activations, reason)
        if found is None:
            if done or _was_erased(settings, ledger, key):
                return done or _earlier(settings, ledger, key)
            raise ConfigurationError(
                "nobody is known by this key",
                "give an e-mail, phone, unionid, cookie, record id or contact id as a source wrote"
                " it",
            )
        return [*done, _finish(settings, ledger, found, activations)]
    finally:
        lock.release(settings.home)


def finish_begun(
    settings: Settings, ledger: Ledger, activations: Sequence[Activation]
) -> list[Report]:
    """Continue what killed processes began."""
    return [
        _finish(settings, ledger, int(row["erasure_id"]), activations)
        for row in ledger.erasures("begun")
    ]


def lift(settings: Settings, key: str, reason: str) -> int:
    """Let a person who was erased in again, when they come back of their own will. Returns how many
    hashes went. Raises ConfigurationError where nobody with the key was erased.
    """
    lock.acquire(settings.home, warehouse=settings.warehouse.lock)
    try:
        ledger = open_ledger(settings)
        ids = _requests_of(settings, ledger, key)
        if not ids:
            raise ConfigurationError(
                "nobody who was erased had this key", "give the address or id as it was"
            )
        ledger.approve(
            "all", "lift_erasure", who_am_i(), reason, datetime.now(UTC), plan=str(ids[0])
        )
        count = ledger.lift_erasures(ids)
        keep_keys(settings, ledger)
        with open_warehouse(settings.warehouse, read_only=False) as session:
            if session.has_table("raw", "landings"):  # files are read anew: they hold the person
                session.execute("delete from raw.landings")
        return count
    finally:
        lock.release(settings.home)


def _begin(
    settings: Settings,
    ledger: Ledger,
    key: str,
    activations: Sequence[Activation],
    reason: str | None,
) -> int | None:
    secret = secret_of(settings, may_make=True)
    person = _found(settings, ledger, key, activations, secret)
    if person is None:
        return None
    erasure_id = ledger.begin_erasure(
        person.as_bytes(), person.keys, who_am_i(), reason, datetime.now(UTC)
    )
    keep_keys(settings, ledger)
    return erasure_id


def _found(
    settings: Settings,
    ledger: Ledger,
    key: str,
    activations: Sequence[Activation],
    secret: bytes,
) -> Person | None:
    key, is_erased = key.strip(), _was_erased(settings, ledger, key)
    if not settings.warehouse.exists():
        return None if is_erased else require_unlanded(settings, ledger, key, secret)
    with open_warehouse(settings.warehouse) as session:
        known = is_known(session)
        stranger = find_stranger(session, key, secret)
    contacts = find_contacts(settings.warehouse, key) if known else []
    if contacts:
        return describe(settings, ledger, contacts, activations, secret)
    if stranger is not None or is_erased:
        return stranger
    return find_unlanded(settings, ledger, key, secret)  # who filled in a form since the last run


def describe(
    settings: Settings,
    ledger: Ledger,
    contacts: Sequence[int],
    activations: Sequence[Activation],
    secret: bytes,
) -> Person:
    """All by which a person can be found in the stores, with hashes under a secret."""
    with open_warehouse(settings.warehouse) as session:
        person = collect(session, contacts)
        tables = rows.tables_of(session)
        columns = key_columns(settings.home / "dbt", tables)
        person.keys = list(dict.fromkeys(keys_of(person, secret, columns)))
        erased = ErasedKeys(secret, frozenset(person.keys))
        person.raw_texts = rows.take_raw_texts(session, tables, erased)
    person.contact_syncs = [
        one.name
        for one in activations
        if one.kind == "sync" and getattr(one.config, "key", "") == "contact_id"
    ]
    deliveries = ledger.deliveries_of(person.subject())
    person.delivery_ids = [int(row["delivery_id"]) for row in deliveries]
    person.held = destinations.held_by_syncs(deliveries)
    return person


def _finish(
    settings: Settings, ledger: Ledger, erasure_id: int, activations: Sequence[Activation]
) -> Report:
    (row,) = [one for one in ledger.erasures("begun") if one["erasure_id"] == erasure_id]
    person = Person.read(bytes(row["person"]))
    report = Report(erasure_id, "done")
    report.destinations = destinations.ask(settings, ledger, activations, erasure_id, person)
    erased = ErasedKeys(secret_of(settings, may_make=False), frozenset(person.keys))
    copies = (settings.home / REPLAY, settings.home / LANE, *settings.home.glob(BACKTESTS))
    for made_anew in (*copies, pages_file(settings).parent):
        shutil.rmtree(made_anew, ignore_errors=True)
    erasure = Erasure(settings, ledger, person, erased)
    for name, store in STORES.items():
        counts = store(erasure)
        if counts:
            report.counts[name] = counts
    report.found_after = search(
        settings.home, person, erasure.others_look_after(), erasure.own_sql()
    )
    report.by_hand = _by_hand(settings, person, erased, report, erasure)
    ledger.finish_erasure(erasure_id, json.dumps(report.as_dict(), ensure_ascii=False), _now())
    remember_warehouse(settings)
    return report


def _by_hand(
    settings: Settings, person: Person, erased: ErasedKeys, report: Report, erasure: Erasure
) -> list[str]:
    """What is not ours to delete, and what to do about it."""
    asked = [
        f"{one['destination']} ({one['activation']}): {one['state']}, {one['reason']}; delete the"
        " person there"
        for one in report.destinations
        if one["state"] != "accepted"
    ]
    asked += [
        f"{one['destination']} ({one['activation']}): {one['reason']} only; delete the person there"
        " for good"
        for one in report.destinations
        if one["reason"] in {"archived", "invalidated"}
    ]
    files = [
        f"{one.name}: {one.rows:,} rows of the person in your own file; delete them there"
        for one in source_files(settings, erased)
    ]
    shared = (
        [f"{len(person.shared)} identifiers stand on records of others too, and stay there"]
        if person.shared
        else []
    )
    backups = [
        "backups made before now hold the person: delete them, or run `sluice forget` again after"
        " one is restored"
    ]
    return [*asked, *files, *erasure.by_hand, *shared, *backups]


def _was_erased(settings: Settings, ledger: Ledger, key: str) -> bool:
    return bool(_requests_of(settings, ledger, key))


def _requests_of(settings: Settings, ledger: Ledger, key: str) -> list[int]:
    """The erasures of whoever had a key."""
    from sluice.activations.erasure import EMAIL, ID, PHONE, RECORD, TAIL, record_key

    hashes = ledger.erased_hashes()
    if not hashes:
        return []
    secret = secret_of(settings, may_make=False)
    source, _, record_id = key.strip().partition(":")
    wanted = {
        *hashes_of(secret, EMAIL, key),
        *hashes_of(secret, PHONE, key),
        *hashes_of(secret, ID, key),
        *hashes_of(secret, RECORD, record_key(source, record_id)),
    }
    wanted = {one for one in wanted if one[0] != TAIL}
    return sorted({number for kind, one, number in hashes if (kind, one) in wanted})


def _earlier(settings: Settings, ledger: Ledger, key: str) -> list[Report]:
    ids = set(_requests_of(settings, ledger, key))
    found = [row for row in ledger.erasures("done") if row["erasure_id"] in ids]
    return [Report(**json.loads(row["report"])) for row in found]


def _now() -> datetime:
    return datetime.now(UTC)
