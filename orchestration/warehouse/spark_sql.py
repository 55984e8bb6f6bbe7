"""Our SQL as Spark has it: statements, values in them, and Arrow's types."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlglot import exp

from sluice.orchestration.warehouse.base import Natives, Parameters
from sluice.orchestration.warehouse.translation import filled, written

DIALECT = "spark"
VALUE = re.compile(r"%%|%\((\w+)\)s")
# a naive time, by each name that sqlglot has for it: `timestamp` is another one in each release
NAIVE_TIMES = frozenset(
    one
    for one in exp.DataType.Type
    if one.name in {"TIMESTAMP", "TIMESTAMPNTZ", "DATETIME"} or one.name.startswith("TIMESTAMP_")
)
TYPES = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_int8, "smallint"),
    (pa.types.is_int16, "smallint"),
    (pa.types.is_int32, "int"),
    (pa.types.is_int64, "bigint"),
    (pa.types.is_floating, "double"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "timestamp"),
)


def statement(tree: exp.Expression, parameters: Parameters, natives: Natives) -> str:
    """One statement with its values in it; times are moments, in a session of UTC."""
    copy = tree.copy()
    for one in list(copy.find_all(exp.DataType)):
        if one.this in NAIVE_TIMES:
            one.set("this", exp.DataType.Type.TIMESTAMPTZ)
    escaped = {name: sql.replace("%", "%%") for name, sql in natives.items()}
    text = filled(written(copy, DIALECT), escaped)
    values = _named(parameters)
    return VALUE.sub(lambda found: literal(values[found[1]]) if found[1] else "%", text)


def literal(value: Any) -> str:
    """A value as a literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"cast({value} as bigint)"
    if isinstance(value, float):
        return f"cast('{value}' as double)"
    if isinstance(value, datetime):
        return f"timestamp '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"array({', '.join(literal(one) for one in value)})"
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def quoted(name: str) -> str:
    """A name as an identifier."""
    return "`" + name.replace("`", "``") + "`"


def column_type(data_type: pa.DataType) -> str:
    """The type of a column that is landed."""
    if pa.types.is_decimal(data_type):
        return f"decimal({data_type.precision},{data_type.scale})"
    return next((name for fits, name in TYPES if fits(data_type)), "string")


def _named(parameters: Parameters) -> dict[str, Any]:
    """``$1`` is ``p1`` there, and ``$name`` is ``pname``."""
    if isinstance(parameters, Mapping):
        return {f"p{name}": value for name, value in parameters.items()}
    return {f"p{number}": value for number, value in enumerate(parameters, 1)}
