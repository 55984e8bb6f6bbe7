"""Which raw tables there are, and how their files are read: from the sources that dbt declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sluice.models.errors import ConfigurationError
from sluice.orchestration.landing.times import EPOCHS, NAMED_FORMATS, UTC, ZONE_CODES, TimeRule
from sluice.orchestration.warehouse.translation import OF_SOURCES

RAW_SCHEMA = "raw"
# the types a source may declare: standard names that every warehouse knows
LOADS = {
    "",
    "full",
    "append",
}  # whether a load is the whole table, so that a record that is not in it is gone
TYPES = {"varchar", "integer", "bigint", "double", "boolean", "date", "timestamp"}
TABLE_OPTIONS = ("delimiter", "encoding", "header_row", "null_values")


@dataclass(frozen=True)
class CsvDialect:
    """How a CSV file is written: nothing of it is guessed.

    ``null_values``: words for nothing, besides an empty cell.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    header_row: int = 1
    null_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawTable:
    """A table to land: its source system, its name (also the file's), its columns with types, which
    may not be null, which the file may lack, how its times and its CSV are written, whether sends
    wait when its source cannot be landed, and whether its yml lets SLUICE_SOURCES turn it off.
    """

    source: str
    name: str
    columns: Mapping[str, str]
    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    times: Mapping[str, TimeRule] = field(default_factory=dict)
    csv: CsvDialect = CsvDialect()
    is_source_required: bool = True
    is_switched: bool = True
    yml: str = ""

    @property
    def declared_in(self) -> str:
        """The yml that declares the table."""
        return self.yml or f"models/staging/{self.source}/_{self.source}__sources.yml"

    def time_rule(self, column: str) -> TimeRule:
        """How the times of a column are read."""
        return self.times.get(column, TimeRule())


def is_existing(source: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    """Whether a source is a table that somebody else keeps in the warehouse, in a schema or a
    database of their own: it is read where it is, and not landed.
    """
    nodes = manifest.get("nodes", {}).values()
    models = (one for one in nodes if one["resource_type"] == "model")
    database = next((one.get("database") for one in models), source.get("database"))
    ours = {schema_name(one, manifest) for one in OF_SOURCES}
    return source["schema"] not in ours or source.get("database") != database


def schema_name(name: str, manifest: Mapping[str, Any]) -> str:
    """The real name of one of our schemas, as the target's own schema stands before those of the
    models.
    """
    nodes = manifest.get("nodes", {}).values()
    built = (
        (str(one["schema"]), str(custom))
        for one in nodes
        if one["resource_type"] == "model" and (custom := one["config"].get("schema"))
    )
    schema, custom = next((pair for pair in built if pair[0].endswith(pair[1])), ("", ""))
    return f"{schema.removesuffix(custom)}{name}"


def raw_tables(manifest: Mapping[str, Any]) -> list[RawTable]:
    """The raw tables of the sources that are on.

    Raises ConfigurationError for a declaration that is not known.
    """
    sources = [
        node
        for node in manifest["sources"].values()
        if node["schema"] == schema_name(RAW_SCHEMA, manifest)
        and _is_landed(node)
        and not is_existing(node, manifest)
    ]
    return [_table(node) for node in sorted(sources, key=lambda node: str(node["unique_id"]))]


def _is_landed(node: Mapping[str, Any]) -> bool:
    """False for what the landing keeps of itself: no file is landed as it."""
    return _meta(node).get("is_landed") is not False


def _table(node: Mapping[str, Any]) -> RawTable:
    columns = {
        name: str(column.get("data_type") or "").lower() for name, column in node["columns"].items()
    }
    for name, data_type in columns.items():
        if data_type not in TYPES:
            raise _wrong(node, f"column {name} of {node['name']} has the type '{data_type}'", TYPES)
    meta = {**(node.get("source_meta") or {}), **_meta(node)}
    loads = str(meta.get("loads") or "").strip().lower()
    if loads not in LOADS:
        raise ConfigurationError(
            f"{node['original_file_path']}: {node['name']} declares loads: {loads}, which is not"
            " known",
            "declare loads: full where each file holds all records, loads: append where it holds"
            " new ones",
        )
    return RawTable(
        node["source_name"],
        node["name"],
        columns,
        _marked(node, "required"),
        _marked(node, "optional"),
        times={
            name: _time_rule(node, meta, name)
            for name, one in columns.items()
            if one in {"timestamp", "date"}
        },
        csv=_dialect(node, meta),
        is_source_required=bool(meta.get("required", True)),
        is_switched="enabled" in node.get("unrendered_config", {"enabled": True}),
        yml=str(node["original_file_path"]),
    )


def _time_rule(node: Mapping[str, Any], meta: Mapping[str, Any], name: str) -> TimeRule:
    column = _meta(node["columns"][name])
    zone = str(column.get("time_zone") or meta.get("time_zone") or UTC)
    if zone != UTC and zone not in _zones():
        raise _wrong(
            node,
            f"column {name} of {node['name']} has the time_zone '{zone}'",
            ["UTC", "Asia/Shanghai", "Europe/London"],
        )
    given = column.get("format") or ()
    formats = (given,) if isinstance(given, str) else tuple(map(str, given))
    for one in formats:
        if (one not in EPOCHS and one.lower() not in NAMED_FORMATS and "%" not in one) or any(
            code in one for code in ZONE_CODES
        ):
            raise _wrong(
                node,
                f"column {name} of {node['name']} has the format '{one}'",
                [
                    *NAMED_FORMATS,
                    *EPOCHS,
                    "strptime codes as %d %b %Y (without %z: a zone after the time is read anyway)",
                ],
            )
    return TimeRule(zone, formats)


def _dialect(node: Mapping[str, Any], meta: Mapping[str, Any]) -> CsvDialect:
    default = CsvDialect()
    delimiter = str(meta.get("delimiter") or default.delimiter).replace("\\t", "\t")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise _wrong(
            node, f"{node['name']} has the delimiter '{delimiter}'", ["','", "';'", "'|'", '"\\t"']
        )
    encoding = str(meta.get("encoding") or default.encoding)
    try:
        "".encode(encoding)
    except LookupError as error:
        raise _wrong(
            node,
            f"{node['name']} has the encoding '{encoding}'",
            ["utf-8", "gb18030", "big5", "utf-16", "latin-1"],
        ) from error
    header_row = meta.get("header_row", default.header_row)
    if not isinstance(header_row, int) or header_row < 1:
        raise _wrong(node, f"{node['name']} has the header_row '{header_row}'", ["1", "2", "..."])
    nulls = meta.get("null_values") or ()
    return CsvDialect(
        delimiter,
        encoding,
        header_row,
        (nulls,) if isinstance(nulls, str) else tuple(map(str, nulls)),
    )


@cache
def _zones() -> set[str]:
    return {name for name in available_timezones() if "/" in name}


def _wrong(node: Mapping[str, Any], words: str, known: Any) -> ConfigurationError:
    listed = ", ".join(sorted(known) if isinstance(known, set) else known)
    return ConfigurationError(
        f"{node['original_file_path']}: {words}, which is not known", f"use one of {listed}"
    )


def _marked(node: Mapping[str, Any], mark: str) -> frozenset[str]:
    return frozenset(name for name, column in node["columns"].items() if _meta(column).get(mark))


def _meta(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**(declared.get("meta") or {}), **((declared.get("config") or {}).get("meta") or {})}
