"""Arrow's types and values as Postgres has them, and back."""

from __future__ import annotations

import pyarrow as pa

TYPES = (  # of Arrow, as every warehouse has them
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_int8, "smallint"),
    (pa.types.is_int16, "smallint"),
    (pa.types.is_int32, "integer"),
    (pa.types.is_int64, "bigint"),
    (pa.types.is_floating, "double precision"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "timestamp"),
)
SHORT = {"timestamp without time zone": "timestamp"}  # as format_type() writes it


def column_type(data_type: pa.DataType) -> str:
    """The type of a column that is landed."""
    if pa.types.is_decimal(data_type):
        return f"numeric({data_type.precision},{data_type.scale})"
    return next((name for fits, name in TYPES if fits(data_type)), "text")


def plain_field(one: pa.Field) -> pa.Field:
    """A type that Arrow knows by Postgres's name alone (numeric, json) as what it is stored as:
    text.
    """
    data_type = one.type
    stored = data_type.storage_type if isinstance(data_type, pa.BaseExtensionType) else data_type
    if pa.types.is_timestamp(stored) and stored.tz is not None:
        stored = pa.timestamp(stored.unit)
    return pa.field(one.name, stored)


def plain(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [one.storage if isinstance(one, pa.ExtensionArray) else one for one in batch.columns]
    cast = [one.cast(field.type) for one, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(cast, schema=schema)


def without_null_type(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A column of nothing has no type, and no text either."""
    types = [pa.string() if pa.types.is_null(one.type) else one.type for one in batch.schema]
    return pa.RecordBatch.from_arrays(
        [column.cast(one) for column, one in zip(batch.columns, types, strict=True)],
        names=batch.schema.names,
    )
