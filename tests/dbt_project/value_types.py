"""Every type of the warehouse with a value: what a destination must hold of it, as a Python value,
as a text, and as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

NOTHING = object()


@dataclass(frozen=True)
class Typed:
    """``sql`` gives a value, ``held`` is it in Python, ``text`` where a destination holds texts,
    ``json`` where it holds JSON. ``nested``: what a destination must take to get it; ``none`` is
    refused by all.
    """

    sql: str
    held: Any
    text: str = ""
    json: Any = NOTHING
    nested: str = ""

    @property
    def as_json(self) -> Any:
        """``held`` where nothing else is said."""
        return self.held if self.json is NOTHING else self.json


MOMENT = datetime(2026, 1, 1, 2, 0)
TYPES: dict[str, Typed] = {
    "boolean": Typed("true", True, "true"),
    "tinyint": Typed("(-7)::tinyint", -7, "-7"),
    "utinyint": Typed("7::utinyint", 7, "7"),
    "smallint": Typed("7::smallint", 7, "7"),
    "usmallint": Typed("7::usmallint", 7, "7"),
    "integer": Typed("7::integer", 7, "7"),
    "uinteger": Typed("4000000000::uinteger", 4_000_000_000, "4000000000"),
    "bigint": Typed("9007199254740993::bigint", 9007199254740993, "9007199254740993"),
    "ubigint": Typed("18446744073709551615::ubigint", 2**64 - 1, "18446744073709551615"),
    "hugeint": Typed("9007199254740993::hugeint", 9007199254740993, "9007199254740993"),
    "hugeint_wide": Typed(f"{10**30 + 1}::hugeint", 10**30 + 1, str(10**30 + 1)),
    "uhugeint": Typed("7::uhugeint", 7, "7"),
    "sum_of_integers": Typed("(select sum(i) from range(5) as r (i))", 10, "10"),
    "decimal": Typed("12.50::decimal(10, 2)", Decimal("12.50"), "12.5", 12.5),
    "decimal_tiny": Typed("0.0000001::decimal(20, 10)", Decimal("1E-7"), "0.0000001", 1e-07),
    "decimal_exact": Typed("12345678901234567.89::decimal(38, 2)", Decimal("12345678901234567.89"), "12345678901234567.89",
                           "12345678901234567.89"),
    "decimal_whole": Typed("12::decimal(18, 0)", 12, "12"),
    "float": Typed("0.1::float", 0.1, "0.1"),
    "double": Typed("0.1::double", 0.1, "0.1"),
    "double_noise": Typed("0.1::double + 0.2::double", 0.3, "0.3"),
    "double_whole": Typed("3::double", 3.0, "3"),
    "double_phone": Typed("8613812345678::double", 8613812345678.0, "8613812345678"),
    "double_money": Typed("1234567890123.45::double", 1234567890123.45, "1234567890123.45"),
    "double_tiny": Typed("1e-7::double", 1e-7, "0.0000001"),
    "double_negative_zero": Typed("-0.0::double", 0.0, "0"),
    "not_a_number": Typed("'nan'::double", None),
    "infinity": Typed("'infinity'::double", None),
    "minus_infinity": Typed("'-infinity'::float", None),
    "text": Typed("'  Zoë 上海 '", "  Zoë 上海 ", "  Zoë 上海 "),
    "text_empty": Typed("''", None),
    "text_blank": Typed("e' \\t\\n'", None),
    "text_ideographic_blank": Typed("'　'", None),
    "null": Typed("null", None),
    "date": Typed("date '2026-01-31'", date(2026, 1, 31), "2026-01-31", "2026-01-31"),
    "date_infinite": Typed("date 'infinity'", None),
    "date_too_late": Typed("date '9999-12-31' + interval '1 year'", None),
    "timestamp": Typed("timestamp '2026-01-01 02:00:00'", MOMENT, "2026-01-01T02:00:00Z", "2026-01-01T02:00:00Z"),
    "timestamp_s": Typed("'2026-01-01 02:00:00'::timestamp_s", MOMENT, "2026-01-01T02:00:00Z", "2026-01-01T02:00:00Z"),
    "timestamp_ms": Typed("'2026-01-01 02:00:00'::timestamp_ms", MOMENT, "2026-01-01T02:00:00Z", "2026-01-01T02:00:00Z"),
    "timestamp_ns": Typed("'2026-01-01 02:00:00'::timestamp_ns", MOMENT, "2026-01-01T02:00:00Z", "2026-01-01T02:00:00Z"),
    "timestamp_infinite": Typed("timestamp '-infinity'", None),
    "timestamptz": Typed("timestamptz '2026-01-01 10:00:00+08'", MOMENT, "2026-01-01T02:00:00Z", "2026-01-01T02:00:00Z"),
    "time": Typed("time '10:30:00'", "10:30:00", "10:30:00"),
    "timetz": Typed("'10:30:00+08'::timetz", "10:30:00+08", "10:30:00+08"),
    "interval": Typed("interval '3 days'", "3 days", "3 days"),
    "uuid": Typed("'6b1d9f0e-0000-4000-8000-000000000001'::uuid", "6b1d9f0e-0000-4000-8000-000000000001",
                  "6b1d9f0e-0000-4000-8000-000000000001"),
    "enum": Typed("'it''s'::enum('a', 'it''s')", "it's", "it's"),
    "bit": Typed("'10101'::bit", "10101", "10101"),
    "json": Typed("""'{"a":1}'::json""", '{"a":1}', '{"a":1}'),
    "list": Typed("['a', '', 'b', null]", ["a", "b"], "a;b", nested="list"),
    "list_empty": Typed("[]::varchar[]", None, nested="list"),
    "list_of_numbers": Typed("[0.1::double + 0.2::double, 2]", [0.3, 2.0], "0.3;2", nested="list"),
    "list_of_sums": Typed("[7::hugeint]", [7], "7", nested="list"),
    "array": Typed("[1, 2]::integer[2]", [1, 2], "1;2", nested="list"),
    "list_of_lists": Typed("[[1], [2]]", [[1], [2]], nested="struct"),
    "struct": Typed("{'a': 1, 'b c': 0.1::double + 0.2::double}", {"a": 1, "b c": 0.3}, nested="struct"),
    "map": Typed("map {'b': 2::hugeint, 'a': 1}", {"a": 1, "b": 2}, nested="map"),
    "blob": Typed("'ab'::blob", None, nested="none"),
    "union": Typed("union_value(a := 1)", None, nested="none"),
    "struct_of_blobs": Typed("{'a': 'ab'::blob}", None, nested="none"),
}  # fmt: skip

# columns called like those of a plan, like words of SQL, or like nothing that needs no quotes
PLAN_NAMES = ("key", "sync_key", "operation", "row_hash", "delivery_id", "_vendor_id", "column:x")
NAMES = (*PLAN_NAMES, "select", "group", "Größe", "städte 名", 'a "b" c')
