"""Items as rows of a table, the table as the bytes of a CSV or Parquet file, and the manifest that
says the file is whole.

The same items give the same bytes: rows stand in the order of their ids, and no time is written.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sluice.activations.plan.outbox import to_message, to_operation
from sluice.activations.value_text import json_text, number_text
from sluice.models.delivery import Item, Message

Row = dict[str, Any]
# what Excel, LibreOffice and Google Sheets take for the begin of a formula, full-width and other
# forms of the signs included
SIGNS = frozenset("=+-@|%")
FILLERS = frozenset(
    "\u115f\u1160\u3164\uffa0\u2800"
)  # letters without ink: Hangul fillers, a blank of Braille
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
COLUMNS = ("delivery_id", "operation")


def to_item(row: Mapping[str, Any], config: Any) -> Item:
    """A row of either outbox: a file takes campaigns and syncs."""
    return to_operation(row, config) if "row_hash" in row else to_message(row, config)


def group_of(item: Item) -> tuple[str, str]:
    """Items of one group share a file: what they are, and the list they enter or leave."""
    return (
        ("messages", item.channel)
        if isinstance(item, Message)
        else (item.object, item.list_name or "")
    )


def batch_id(items: Sequence[Item]) -> str:
    """The same for the same items, in whatever order."""
    numbers = ",".join(str(number) for number in sorted(item.delivery_id for item in items))
    return hashlib.sha256(numbers.encode()).hexdigest()[:24]


def file_name(items: Sequence[Item], suffix: str) -> str:
    """``contacts-1f0c...csv``: of letters, digits, points, ``_`` and ``-`` alone, whatever a list
    is called.
    """
    words = [
        re.sub(r"[^\w.-]+", "_", part, flags=re.ASCII).strip(".")
        for part in group_of(items[0])
        if part
    ]
    return f"{'-'.join([*words, batch_id(items)])}.{suffix}"


def rows_of(items: Sequence[Item]) -> list[Row]:
    """Rows in order of delivery_id, all with the same columns in the same order."""
    rows = [_row(item) for item in sorted(items, key=lambda item: item.delivery_id)]
    first = [*COLUMNS, *(name for name in ("key", "contact_id", "address") if name in rows[0])]
    names = [*first, *sorted({name for row in rows for name in row} - set(first))]
    return [{name: row.get(name) for name in names} for row in rows]


def to_csv(rows: Sequence[Row], escape_formulas: bool) -> bytes:
    """RFC 4180, UTF-8, a line of names first.

    Null and an empty text are both nothing between the commas.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    for row in [dict(zip(rows[0], rows[0], strict=True)), *rows]:
        writer.writerow([_cell(value, escape_formulas) for value in row.values()])
    return stream.getvalue().encode()


def to_parquet(rows: Sequence[Row]) -> bytes:
    """Parquet with the types of the values; a column of several types becomes text."""
    columns = {name: _column([row[name] for row in rows]) for name in rows[0]}
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue()


def manifest_of(name: str, batch: str, rows: Sequence[Row], content: bytes) -> bytes:
    """What a reader checks before it takes the file."""
    manifest = {
        "file": name, "batch_id": batch, "rows": len(rows), "columns": list(rows[0]),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"


def escaped(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would compute.

    A plain number such as +8613800138000 stays.
    """
    return f"'{text}" if _begins_formula(text) and not NUMBER.fullmatch(text) else text


def _begins_formula(text: str) -> bool:
    """A program may drop what cannot be seen (spaces, controls, a BOM, a zero-width space) before
    it looks at the first sign; and a text that begins with a tab or a line break may become a cell
    of its own.
    """
    if text[:1] in {"\t", "\r", "\n"}:
        return True
    first = next((letter for letter in text if not _is_unseen(letter)), "")
    return (
        bool(SIGNS & set(unicodedata.normalize("NFKC", first)))
        or unicodedata.category(first or "a") == "Pd"
        or first == "−"
    )


def _is_unseen(letter: str) -> bool:
    return (
        letter.isspace()
        or unicodedata.category(letter) in {"Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zs", "Zl", "Zp"}
        or letter in FILLERS
    )


def _row(item: Item) -> Row:
    if isinstance(item, Message):
        kept = ("contact_id", "address", "channel", "template", "language", "purpose", "country")
        values = json.dumps(dict(item.values), ensure_ascii=False, sort_keys=True, default=str)
        own: Row = {
            "delivery_id": item.delivery_id,
            "operation": item.operation,
            **{n: getattr(item, n) for n in kept},
            "values": values,
        }
        return own
    own = {"delivery_id": item.delivery_id, "operation": item.operation, "key": item.key}
    listed: Row = {"list": item.list_name} if item.list_name else {}
    return (
        own
        | listed
        | {
            (f"property_{name}" if name in own or name in listed else name): v
            for name, v in item.properties.items()
        }
    )


def _cell(value: Any, escape_formulas: bool) -> Any:
    if value is None or isinstance(value, int):
        return value if not isinstance(value, bool) else str(value).lower()
    if isinstance(value, float | Decimal):
        return number_text(value)
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    text = (
        value.isoformat()
        if isinstance(value, date)
        else json_text(value)
        if isinstance(value, list | dict)
        else str(value)
    )
    return escaped(text) if escape_formulas else text


def _column(values: Iterable[Any]) -> pa.Array:
    found = list(values)
    try:
        return pa.array(found)
    except OverflowError:  # whole numbers of more than 64 bits
        return pa.array(
            [None if value is None else Decimal(value) for value in found], pa.decimal128(38, 0)
        )
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else _text(value) for value in found], pa.string())


def _text(value: Any) -> str:
    return json_text(value) if isinstance(value, list | dict) else str(value)
