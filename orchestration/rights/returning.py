"""People who were erased and are still in a table that is read where it is: their records are named
in ``landing.erased_records``, which the models leave out.

Files are kept out when they are landed. A table of others is not ours to change, and a warehouse
that was restored holds who was erased since: both are looked at before each decision, and after it,
since a new source is only known once its models are built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from sluice.activations.erasure import ErasedKeys
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.rights.person import collect
from sluice.orchestration.rights.secret import erased_keys
from sluice.orchestration.rights.stores import warehouse as rows
from sluice.orchestration.warehouse.base import Session
from sluice.orchestration.warehouse.reader import open_warehouse

TABLE = (
    "create schema if not exists landing;"
    " create table if not exists landing.erased_records (record_key bigint)"
)
IDENTIFIERS = ("email", "phone", "unionid", "cookie_id")
HASH_DIGITS = 15


def record_key(source: str, record_id: str) -> int:
    """The key of a record, as the macro hash_bigint makes it."""
    text = f"{source}\x1f{record_id}".encode()
    return int(hashlib.md5(text, usedforsecurity=False).hexdigest()[:HASH_DIGITS], 16)


def leave_out(settings: Settings, erased: ErasedKeys) -> int:
    """Before the decisions: note the records of erased people that staging models still give.
    Returns how many.
    """
    with open_warehouse(settings.warehouse, read_only=False) as session:
        session.execute(TABLE)
        found: set[int] = set()
        if erased:
            models = [
                f"staging.{name}"
                for schema, name in sorted(session.tables())
                if schema == "staging" and name.endswith("__contacts")
            ]
            for model in models:
                found |= set(_records(session, model, erased))
        _replace(session, found)
    return len(found)


def take_out(settings: Settings, ledger: Ledger) -> int:
    """After the decisions: erased people that got in anyway, by a new source or a restored
    warehouse, are taken out of every table before anything is planned. Returns how many contacts.
    """
    erased = erased_keys(settings, ledger)
    if not erased:
        return 0
    with open_warehouse(settings.warehouse, read_only=False) as session:
        if not session.has_table("identity", "int_contact_records"):
            return 0
        keys = set(_records(session, "identity.int_contact_records", erased))
        if not keys:
            return 0
        listed = ", ".join(map(str, sorted(keys)))
        sql = (
            f"select distinct contact_id from identity.identity_map where record_key in ({listed})"
        )
        contacts = [int(row[0]) for row in session.execute(sql).rows]
        person = collect(session, contacts)
        schemas = rows.model_schemas(settings.home / "dbt", session.prefix)
        rows.erase_people(session, person, erased, schemas)
        session.execute(TABLE)
        known = {
            int(row[0])
            for row in session.execute("select record_key from landing.erased_records").rows
        }
        _replace(session, known | keys)
        return len(contacts)


def _records(session: Session, model: str, erased: ErasedKeys) -> Iterator[int]:
    columns = ", ".join(("source", "record_id", *IDENTIFIERS))
    for batch in session.batches(f"select distinct {columns} from {model}"):
        for row in batch.to_pylist():
            if _is_theirs(row, erased):
                yield record_key(str(row["source"]), str(row["record_id"]))


def _is_theirs(row: dict[str, Any], erased: ErasedKeys) -> bool:
    if row["record_id"] is not None and erased.has_record(
        str(row["source"]), str(row["record_id"])
    ):
        return True
    return any(row[name] is not None and erased.is_one(str(row[name])) for name in IDENTIFIERS)


def _replace(session: Session, keys: Iterable[int]) -> None:
    found = sorted(keys)
    known = session.execute("select record_key from landing.erased_records order by 1").rows
    if [row[0] for row in known] == found:
        return
    session.execute("delete from landing.erased_records")
    if found:
        session.insert(
            "landing.erased_records", pa.table({"record_key": pa.array(found, pa.int64())})
        )
