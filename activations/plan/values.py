"""Values of a plan's file as Python values, exact: what a destination is handed, whatever the
warehouse called their type.

``None``, ``bool``, ``int``, ``float`` (finite), ``Decimal`` (with decimals), ``str``, ``date``,
``datetime`` (naive, UTC), and ``list`` and ``dict`` of these. The plan holds them in the one form
in which they are hashed too (dbt macro ``canonical_value``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

Convert = Callable[[Any], Any]


def python_values(column: pa.Array) -> list[Any]:
    """The values of a column.

    A decimal of scale 0 is an ``int``: Parquet has no other whole numbers of more than 64 bits.
    """
    values: list[Any] = column.to_pylist()
    convert = _converter(column.type)
    return (
        values
        if convert is None
        else [None if value is None else convert(value) for value in values]
    )


def _converter(kind: pa.DataType) -> Convert | None:
    """What is to be done with values of a type, but null; None when Arrow gives them as they shall
    be.
    """
    if pa.types.is_decimal(kind):
        return int if kind.scale == 0 else None
    if pa.types.is_map(kind):
        return lambda pairs: {
            key: _converted(value, _converter(kind.item_type)) for key, value in pairs
        }
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = _converter(kind.value_type)
        return (
            None if inner is None else lambda values: [_converted(value, inner) for value in values]
        )
    if pa.types.is_struct(kind):
        fields = {
            kind.field(place).name: _converter(kind.field(place).type)
            for place in range(kind.num_fields)
        }
        if not any(fields.values()):
            return None
        return lambda struct: {
            name: _converted(value, fields[name]) for name, value in struct.items()
        }
    return None


def _converted(value: Any, convert: Convert | None) -> Any:
    return value if value is None or convert is None else convert(value)
