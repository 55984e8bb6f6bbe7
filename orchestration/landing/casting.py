"""SQL that turns the columns of a file into the declared ones, and says of each row why it cannot
be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sluice.orchestration.landing.booleans import text_to_boolean
from sluice.orchestration.landing.csv_text import UNREADABLE
from sluice.orchestration.landing.reading import FILE, MISQUOTED, ROW, RawFile
from sluice.orchestration.landing.tables import RawTable
from sluice.orchestration.landing.times import (
    TimeRule,
    has_unknown_zone,
    number_to_utc,
    text_to_date,
    text_to_utc,
    timestamp_to_utc,
)

INTEGER = "[+-]?[0-9]+([.]0*)?"
NUMBER = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
NO_NUMBER = "(?i)[+-]?(nan|inf|infinity)"
LONGEST_SHAPE = 40
KEPT_TYPES = (
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "DOUBLE",
    "DECIMAL",
    "DATE",
    "VARCHAR",
)
REASON, TEXT = "landing_reason", "landing_text"


def cast_rows(table: RawTable, file: RawFile) -> str:
    """SQL of the rows of a file: number, values in the declared types (``v0``, ``v1``, ...),
    undeclared columns as they are (``x0``, ...), why the row cannot be read, or null, and then its
    text as JSON.
    """
    declared = [
        (name, data_type, file.columns.get(name)) for name, data_type in table.columns.items()
    ]
    extra = extra_columns(table, file)
    inner = [
        f"{_column(file.row)} as {ROW}",
        *(
            f"{_column(name) if found else 'null'} as r{n}"
            for n, (name, _, found) in enumerate(declared)
        ),
    ]
    inner += [
        f"{_cast(name, declared_as, found, table.time_rule(name))} as v{n}"
        for n, (name, declared_as, found) in enumerate(declared)
    ]
    inner += [
        f"{_keep(_column(name), data_type)} as x{n}"
        for n, (name, data_type) in enumerate(extra.items())
    ]
    inner += [f"{_unreadable(file)} as is_unreadable"] if file.has_unreadable else []
    values = [f"v{n}" for n in range(len(declared))] + [f"x{n}" for n in range(len(extra))]
    shown = ", ".join(f"{_column(name)} := r{n}" for n, (name, *_) in enumerate(declared))
    text = f"to_json(struct_pack({shown}))" if shown else "'{}'"
    return (
        f"select {ROW}, {', '.join([*values, REASON])}, case when {REASON} is not null then {text}"
        f" end as {TEXT} from (select *, {_reason(table, file)} as {REASON} from (select"
        f" {', '.join(inner)} from {file.relation}))"
    )


def extra_columns(table: RawTable, file: RawFile) -> Mapping[str, str]:
    """The columns of a file that no yml declares: they are landed too, so that nothing of a source
    is lost on the way.
    """
    taken = {name.lower() for name in table.columns}
    return {
        name: data_type for name, data_type in file.columns.items() if name.lower() not in taken
    }


def landed_columns(table: RawTable, file: RawFile) -> str:
    """The columns of the raw table, from those of ``cast_rows``."""
    names = [*(f"v{n} as {_column(name)}" for n, name in enumerate(table.columns))]
    return ", ".join(
        [*names, *(f"x{n} as {_column(name)}" for n, name in enumerate(extra_columns(table, file)))]
    )


def _cast(name: str, declared: str, found: str | None, rule: TimeRule) -> str:
    column = _column(name)
    if found is None:
        return f"cast(null as {declared})"
    if found == "VARCHAR":
        text = f"nullif(trim({column}, e' \\t\\r\\n'), '')"
        return (
            column
            if declared == "varchar"
            else f"cast({_from_text(text, declared, rule)} as {declared})"
        )
    return f"cast({_from_value(column, found, declared, rule)} as {declared})"


def _from_text(text: str, declared: str, rule: TimeRule) -> str:
    casts: dict[str, Callable[[], str]] = {
        "boolean": lambda: text_to_boolean(text, NUMBER),
        "double": lambda: (
            f"case when regexp_full_match({text}, '{NUMBER}') then"
            f" list_filter([try_cast({text} as double)], lambda _number: not isinf(_number))[1]"
            f" when regexp_full_match({text}, '{NO_NUMBER}') then try_cast({text} as double) end"
        ),
        "timestamp": lambda: text_to_utc(text, rule),
        "date": lambda: text_to_date(text, rule),
    }
    whole = (
        f"case when regexp_full_match({text}, '{INTEGER}') then try_cast({text} as {declared}) end"
    )
    return casts[declared]() if declared in casts else whole


def _from_value(column: str, found: str, declared: str, rule: TimeRule) -> str:
    """From a column of Parquet, in its own type."""
    is_moment, is_number = found.startswith(("TIMESTAMP", "DATE")), _is_number(found)
    if declared == "timestamp" and is_moment:
        return timestamp_to_utc(column, found, rule)
    if declared == "timestamp":
        return number_to_utc(column, rule) if is_number else "cast(null as timestamp)"
    if declared == "date" and "TIME ZONE" in found:
        return (
            f"timezone('{rule.time_zone}', timezone('UTC',"
            f" {timestamp_to_utc(column, found, rule)}))"
        )
    if declared == "date":
        return (
            f"try_cast({column} as date)"
            if is_moment
            else number_to_utc(column, rule)
            if is_number
            else "cast(null as date)"
        )
    if declared in {"integer", "bigint"} and is_number:
        return f"case when {column} = trunc({column}) then try_cast({column} as {declared}) end"
    if declared == "varchar" and is_number:
        return _number_as_text(column, found)
    if declared == "boolean" and is_number:
        return f"case when not isnan(cast({column} as double)) then {column} <> 0 end"
    return f"try_cast({column} as {declared})"


def _number_as_text(column: str, found: str) -> str:
    """A number as people write it: a whole one without a decimal point, so that an id is the same
    text whether pandas wrote integers or, because one was blank, floats. NaN is how pandas writes a
    blank.
    """
    text = f"cast({column} as varchar)"
    if found.startswith("DECIMAL"):
        return f"regexp_replace({text}, '[.]0+$', '')"
    if not found.startswith(("DOUBLE", "FLOAT")):
        return text
    whole = f"try_cast({column} as hugeint)"
    return (
        f"case when isnan({column}) then null when {column} = trunc({column}) and {whole} is not"
        f" null then cast({whole} as varchar) else {text} end"
    )


def _keep(column: str, data_type: str) -> str:
    """An undeclared column: its own type where every warehouse has it, else text."""
    if data_type.startswith("TIMESTAMP"):
        return timestamp_to_utc(column, data_type, TimeRule())
    if data_type == "FLOAT":
        return f"cast({column} as double)"
    if any(
        data_type.endswith("]") or data_type.startswith(word) for word in ("STRUCT", "MAP", "UNION")
    ):
        return f"cast(to_json({column}) as varchar)"
    return column if data_type.startswith(KEPT_TYPES) else f"cast({column} as varchar)"


def _is_number(data_type: str) -> bool:
    return data_type.endswith("INT") or data_type.startswith(
        ("INTEGER", "UINTEGER", "DECIMAL", "DOUBLE", "FLOAT")
    )


def _reason(table: RawTable, file: RawFile) -> str:
    """Why a row cannot be read, or null.

    It names the column, its type and the shape of the value, never the value.
    """
    reasons = []
    if file.has_unreadable:
        reasons += [
            "when is_unreadable then 'the line is no row of the table: not in"
            f" {table.csv.encoding}, its declared encoding'"
        ]
    if file.relation == FILE:
        reasons += [
            f"when {ROW} in (select {ROW} from {MISQUOTED}) then 'the line is no row of the table:"
            " text after a closing quote'"
        ]
    for n, (name, declared) in enumerate(table.columns.items()):
        if name in file.columns:
            reasons += _reasons_of(n, name, declared, file.columns[name], table.time_rule(name))
    for n, name in enumerate(table.columns):
        if name in table.required:
            reasons.append(
                f"when v{n} is null or trim(cast(r{n} as varchar)) = '' then"
                f" {_quoted(f'{name} is missing')}"
            )
    return f"(case {' '.join(reasons)} end)" if reasons else "cast(null as varchar)"


def _reasons_of(n: int, name: str, declared: str, found: str, rule: TimeRule) -> list[str]:
    wrong = f"{name} is not a {declared}"
    if found != "VARCHAR":
        is_undeclared = (
            declared in {"timestamp", "date"} and _is_number(found) and rule.epoch is None
        )
        hint = (
            ": it is a number, declare format: epoch_seconds or epoch_milliseconds"
            if is_undeclared
            else ""
        )
        is_blank = declared == "varchar"  # NaN
        return (
            []
            if is_blank
            else [f"when r{n} is not null and v{n} is null then {_quoted(wrong + hint)}"]
        )
    if declared == "varchar":
        return []
    failed = f"when trim(r{n}, e' \\t\\r\\n') <> '' and v{n} is null"
    zone = f"{name} has a time zone that is not understood"
    reasons = [
        f"{failed} and {has_unknown_zone(f'trim(r{n})')} then {_quoted(zone)} || {_shape(f'r{n}')}"
    ]
    return [
        *(reasons if declared == "timestamp" else []),
        f"{failed} then {_quoted(wrong)} || {_shape(f'r{n}')}",
    ]


def _shape(raw: str) -> str:
    """A text as digits and letters only: ``: 99/99/9999``. Nothing where it has no digit."""
    shape = (
        f"regexp_replace(regexp_replace(left(trim({raw}), {LONGEST_SHAPE}), '[0-9]', '9', 'g'),"
        " '[\\p{L}]', 'A', 'g')"
    )
    return f"case when regexp_matches({raw}, '[0-9]') then ': ' || {shape} else '' end"


def _unreadable(file: RawFile) -> str:
    return " or ".join(
        f"coalesce(contains({_column(name)}, chr({ord(UNREADABLE)})), false)"
        for name in file.columns
    )


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
