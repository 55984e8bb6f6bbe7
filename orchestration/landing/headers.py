"""The columns of a raw file against the declared ones, and what to say when they do not fit."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from sluice.models.errors import InputError
from sluice.orchestration.landing.csv_text import UNREADABLE, open_text
from sluice.orchestration.landing.tables import RawTable

LINES_LOOKED_AT = 20
DELIMITERS = {",": "commas", ";": "semicolons (;)", "\t": "tabs", "|": "bars (|)"}
SAMPLE = 1 << 20
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def require_columns(path: Path, table: RawTable, found: Sequence[str]) -> None:
    """Raises InputError when a declared column is missing or there twice, with the nearest that the
    file has.
    """
    twice = sorted({name for name in table.columns if found.count(name) > 1})
    if twice:
        raise InputError(
            f"{path.name} has the column {', '.join(twice)} more than once",
            "leave one of them in the file",
        )
    missing = [name for name in table.columns if name not in found and name not in table.optional]
    if missing:
        words = "; ".join(hint for name in missing if (hint := _near(name, found)))
        raise InputError(
            f"{path.name} has no column {', '.join(missing)}" + (f": {words}" if words else ""),
            f"give it that name in the file, or change or take it out in {table.declared_in}",
        )


def require_csv_header(path: Path, table: RawTable, header: Sequence[str]) -> None:
    """The same for a CSV file, whose first line may be no header, and may be in another encoding or
    have another delimiter.
    """
    require_encoding(
        path, table, is_wrong=any(UNREADABLE in cell or "\0" in cell for cell in header)
    )
    wanted = [name for name in table.columns if name not in table.optional]
    if any(name not in header for name in wanted) and (hint := _elsewhere(path, table, wanted)):
        raise InputError(*hint)
    if header and wanted and not _resembles(header, table):
        raise InputError(
            f"the first line of {path.name} is no header: it has none of the columns"
            f" {', '.join(wanted)}",
            "write the names of the columns into its first line, or, when they are in line 3,"
            f" header_row: 3 as config.meta of the table in {table.declared_in}",
        )
    require_columns(path, table, header)


def require_encoding(path: Path, table: RawTable, *, is_wrong: bool) -> None:
    """Raises InputError, with the encoding that the file seems to have, when the declared one is
    wrong.
    """
    if not is_wrong:
        return
    guess = _encoding_of(path, table.csv.encoding)
    looks = f"; it looks like {guess}" if guess else ""
    declare = (
        f"declare encoding: {guess or 'gb18030'} as config.meta of the table in {table.declared_in}"
    )
    raise InputError(
        f"{path.name} is not in {table.csv.encoding.upper()}{looks}",
        f"save it as UTF-8, or {declare}",
    )


def unique_names(header: Sequence[str]) -> list[str]:
    """A name for each column of a file: the warehouse knows no letter case, so the second of two
    gets a number.
    """
    names: list[str] = []
    taken = set[str]()
    exact = {name.lower() for name in header}
    for number, cell in enumerate(header, 1):
        name = wanted = cell.strip() or f"column_{number}"
        count = 1
        while name.lower() in taken or (name != cell and name.lower() in exact):
            count += 1
            name = f"{wanted}_{count}"
        taken.add(name.lower())
        names.append(name)
    return names


def _near(name: str, found: Sequence[str]) -> str:
    same = [one for one in found if one.strip().casefold() == name.casefold()]
    if same:
        return f"it has '{same[0]}', and {name} is declared: letter case and spaces count"
    near = get_close_matches(name, found, 1, 0.75)
    return f"it has '{near[0]}', is {name} meant?" if near else ""


def _resembles(header: Sequence[str], table: RawTable) -> bool:
    """True when a cell is, or is nearly, the name of a declared column: else the line is data or a
    title.
    """
    return any(_near(name, header) or name in header for name in table.columns)


def _elsewhere(path: Path, table: RawTable, wanted: Sequence[str]) -> tuple[str, str] | None:
    """Where the header is, when another delimiter or a later line has it."""
    with open_text(path, table.csv.encoding) as text:
        lines = [
            line.removeprefix("\ufeff").rstrip("\r\n") for line in islice(text, LINES_LOOKED_AT)
        ]
    for delimiter in dict.fromkeys([table.csv.delimiter, *DELIMITERS]):
        for number, line in enumerate(lines, 1):
            cells = [
                cell.strip().casefold()
                for cell in next(csv.reader([line], delimiter=delimiter), [])
            ]
            if not all(name.casefold() in cells for name in wanted):
                continue
            options = (
                {}
                if delimiter == table.csv.delimiter
                else {"delimiter": f'"{delimiter}"'.replace("\t", "\\t")}
            )
            if number != table.csv.header_row and any(lines[: number - 1]):
                options["header_row"] = str(number)
            if options:
                return _told(path, table, delimiter, options)
    return None


def _told(path: Path, table: RawTable, delimiter: str, options: dict[str, str]) -> tuple[str, str]:
    words = [f"is separated by {DELIMITERS[delimiter]}"] if "delimiter" in options else []
    words += (
        [f"has its header in line {options['header_row']}, its first line is none"]
        if "header_row" in options
        else []
    )
    declared = ", ".join(f"{name}: {value}" for name, value in options.items())
    fix = (
        "take the lines above the header out of the file"
        if list(options) == ["header_row"]
        else "write it with commas"
    )
    return (
        f"{path.name} {' and '.join(words)}",
        f"{fix}, or declare {declared} as config.meta of the table in {table.declared_in}",
    )


def _encoding_of(path: Path, declared: str) -> str:
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    for mark, name in BYTE_ORDER_MARKS.items():
        if sample.startswith(mark):
            return name
    if sample[1:2] == b"\0" or sample[:1] == b"\0":
        return "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be"
    for name in ("utf-8", "gb18030"):
        if name != declared.lower() and _decodes(sample, name):
            return name
    return "" if declared.lower() == "cp1252" or not _decodes(sample, "cp1252") else "cp1252"


def _decodes(sample: bytes, encoding: str) -> bool:
    cut = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        cut.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
