"""What is due for a sync, from the warehouse: its rows as they are sent, and why a sync cannot be
compared.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from sluice.activations.plan.outbox import plan_column
from sluice.models.errors import ConfigurationError
from sluice.orchestration.warehouse.base import ConversionError, Warehouse, quoted
from sluice.orchestration.warehouse.reader import query, spool

COLUMNS = """select column_name, data_type, kind, is_key, value_sql, key_sql
    from activation.int_sync_columns
where sync = $1 order by place"""
# the id that the vendor gave a key when it last accepted it
VENDOR_IDS = """select subject_id, destination, vendor_id from (
    select
        subject_id, destination, vendor_id,
        row_number() over (partition by subject_id, destination order by receipt_id desc) as place
    from ledger.receipts
    where kind = 'sync' and activation = $1 and state = 'accepted' and vendor_id is not null
) as given where place = 1"""
KEYS = (
    "select subject_id, min(key) as key from ledger.sync_keys where activation = $1 group by"
    " subject_id"
)
NESTED = frozenset({"list", "struct", "map"})  # kinds that a destination says it takes
SAMPLES = {"blob": "hex({})", "list": "array_to_string({}, ', ')"}
# names in our SQL for what dbt wrote in the SQL of the engine
NATIVE, OF_KEY, TEXT_OF_KEY = "native_value_", "native_key", "native_text_of_key"
CONTACT = "contact_id"
IN_WORDS = {
    "no_key_column": "its key is no column of the SQL",
    "key_type": "its key is neither a whole number nor a text",
    "key_collision": "two keys stand for one number",
}


@dataclass(frozen=True)
class SyncColumn:
    """A column of a sync: its type in the warehouse, what that means (dbt macro ``value_kind``),
    and SQL of what is sent.
    """

    name: str
    data_type: str
    kind: str
    is_key: bool
    value_sql: str | None
    key_sql: str | None


def spool_sync(
    warehouse: Warehouse,
    sync: str,
    target: Path,
    takes: Collection[str] = NESTED,
    is_audience: bool = False,
) -> int:
    """Write the operations of a sync that are due, with the wanted row's values (null for exits),
    to a Parquet file. Left out is what failed for good, and what is held. ``takes``: nested kinds
    that the destination can hold. ``is_audience``: whose row it is goes into the file too, where a
    column contact_id says so.

    Returns how many. Raises ConfigurationError that names the columns the destination cannot hold.
    """
    columns = [SyncColumn(*row) for row in query(warehouse, COLUMNS, [sync])]
    key = next((column for column in columns if column.is_key), None)
    if key is None:  # the checks say why: nothing of it is due
        return spool(warehouse, _due(sync, "", "", "cast(null as varchar)"), sync, target)
    values = [column for column in columns if not column.is_key]
    _require_forms(sync, values, takes)
    natives = {f"{NATIVE}{n}": str(one.value_sql) for n, one in enumerate(values)}
    natives |= {OF_KEY: str(key.key_sql), TEXT_OF_KEY: key.value_sql or "null"}
    joined = (
        f" left join activation.{quoted(f'sync_{sync}')} as w on o.sync_key = ({OF_KEY}) and"
        " o.operation <> 'exited'"
    )
    sent = "".join(
        f", {NATIVE}{n} as {quoted(plan_column(one.name))}" for n, one in enumerate(values)
    )
    sent += _contact(columns) if is_audience else ""
    text = f"coalesce(nullif({TEXT_OF_KEY}, cast(o.sync_key as varchar)), k.key)"
    try:
        return spool(warehouse, _due(sync, joined, sent, text), sync, target, natives)
    except ConversionError as error:
        raise _too_big(sync, values) from error


def count_held(warehouse: Warehouse, sync: str) -> int:
    """How many operations of a sync wait for a person to raise its mapping_version."""
    held = (
        "select count(*) from activation.out_sync_operations where sync = $1 and hold_reason is not"
        " null"
    )
    return int(query(warehouse, held, [sync])[0][0])


def bad_keys(warehouse: Warehouse) -> list[str]:
    """The syncs that were stopped for their keys, in words: how many, and never which."""
    problems = query(
        warehouse,
        "select sync, stream_id, problem from activation.int_sync_checks where problem is not null"
        " order by sync",
    )
    return [_words(warehouse, sync, stream_id, problem) for sync, stream_id, problem in problems]


def _due(sync: str, joined: str, sent: str, text: str) -> str:
    return (
        f"select o.operation_id as delivery_id, o.sync_key, {text} as key, o.operation,"
        f" o.row_hash, v.vendor_id as _vendor_id{sent} from activation.out_sync_operations as o"
        " left join"
        f" ({VENDOR_IDS}) as v on o.sync_key = v.subject_id and o.destination = v.destination left"
        f" join ({KEYS}) as k on o.sync_key = k.subject_id{joined} where o.sync = $1 and"
        " coalesce(o.delivery_state, '') <> 'failed' and o.hold_reason is null order by"
        " o.operation_id"
    )


def _contact(columns: Sequence[SyncColumn]) -> str:
    """The contact of a row, of those that enter; nothing where no column says it."""
    for column in columns:
        if column.name.lower() == CONTACT and column.kind == "integer":
            return f", cast(w.{quoted(column.name)} as bigint) as _contact_id"
    return ""


def _require_forms(sync: str, columns: Sequence[SyncColumn], takes: Collection[str]) -> None:
    """Raises ConfigurationError for columns whose values the destination has no form for."""
    refused = [
        column
        for column in columns
        if column.kind == "none" or (column.kind in NESTED and column.kind not in takes)
    ]
    if refused:
        named = ", ".join(f"{column.name} ({column.data_type})" for column in refused)
        fix = (
            f"write a text or a number in sync_{sync}.sql, as {_sample(refused[0])}, or leave the"
            " column out"
        )
        raise ConfigurationError(f"its destination has no form for the values of {named}", fix)


def _sample(column: SyncColumn) -> str:
    kind = column.data_type.lower() if column.kind == "none" else column.kind
    return SAMPLES.get(kind, "to_json({})").format(column.name)


def _too_big(sync: str, columns: Sequence[SyncColumn]) -> ConfigurationError:
    named = (
        ", ".join(column.name for column in columns if column.kind == "big_integer")
        or "its columns"
    )
    fix = f"cast it to a text in sync_{sync}.sql"
    return ConfigurationError(f"a whole number in {named} has more than 38 digits", fix)


def _words(warehouse: Warehouse, sync: str, stream_id: int, problem: str) -> str:
    if problem == "duplicate_keys" and _is_collision(warehouse, sync):
        problem = "key_collision"
    if problem in IN_WORDS:
        fix = f"name a whole number or a text, one for each row, as key in sync_{sync}.yml"
        return f"sync {sync}: {IN_WORDS[problem]}, nothing of it was sent -> {fix}"
    keys = {
        "null_keys": (
            "select count(*) from activation.int_sync_wanted where stream_id = $1 and sync_key is"
            " null"
        ),
        "duplicate_keys": (
            "select count(*) from (select sync_key from activation.int_sync_wanted where stream_id"
            " = $1 group by sync_key having count(*) > 1)"
        ),
    }
    count = query(warehouse, keys[problem], [stream_id])[0][0]
    found = (
        f"{count:,} rows have no key"
        if problem == "null_keys"
        else f"{count:,} keys are there more than once"
    )
    fix = f"give one row a key in sync_{sync}.sql, and its yml the tests not_null and unique"
    return f"sync {sync}: {found}, nothing of it was sent -> {fix}"


def _is_collision(warehouse: Warehouse, sync: str) -> bool:
    """Whether different texts stand for one number."""
    key = next(
        (
            column
            for column in (SyncColumn(*row) for row in query(warehouse, COLUMNS, [sync]))
            if column.is_key
        ),
        None,
    )
    if key is None or key.value_sql is None:
        return False
    natives = {OF_KEY: str(key.key_sql), TEXT_OF_KEY: key.value_sql}
    of_one_number = f"group by {OF_KEY} having count(distinct {TEXT_OF_KEY}) > 1"
    same = f"select 1 from activation.{quoted(f'sync_{sync}')} as w {of_one_number}"
    return bool(query(warehouse, f"{same} limit 1", natives=natives))
