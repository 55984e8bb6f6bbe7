"""The text of a CSV file in its declared encoding, its header, and its records counted apart from
the parser that lands them.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TextIO

from sluice.models.errors import InputError
from sluice.orchestration.landing.tables import CsvDialect

CHUNK = 1 << 20
# stands for bytes that the encoding does not know: no character, so no text holds it
UNREADABLE = "\uffff"
LONGEST_CELL = (1 << 31) - 1


@dataclass
class Records:
    """The records of a CSV file below its header: how many, and the numbers of those that have text
    after a closing quote.
    """

    header: list[str]
    count: int = 0
    misquoted: set[int] = field(default_factory=set)
    has_unreadable: bool = False


@dataclass
class _Marks:
    """How many bytes were found unreadable in this process."""

    count: int = 0

    def mark(self, error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        self.count += 1
        return UNREADABLE, error.end


_marks = _Marks()
codecs.register_error("landing_mark", _marks.mark)
csv.field_size_limit(LONGEST_CELL)


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """The text of a file, line ends as they are, without a byte order mark."""
    is_utf8 = codecs.lookup(encoding).name == "utf-8"
    text = path.open(
        encoding="utf-8-sig" if is_utf8 else encoding, errors="landing_mark", newline=""
    )
    text._CHUNK_SIZE = CHUNK  # type: ignore[attr-defined]  # the usual 8 KB make a Python call each
    return text


def read_header(text: Iterator[str], dialect: CsvDialect) -> list[str]:
    """Read as far as the header, and return it. ``text`` stands before the first record then."""
    for _ in range(dialect.header_row - 1):
        next(text, None)
    header = next(
        (record for record in csv.reader(text, delimiter=dialect.delimiter) if record), []
    )
    return [header[0].removeprefix("\ufeff"), *header[1:]] if header else []


def count_records(path: Path, dialect: CsvDialect) -> Records:
    """Count with Python's csv module what another parser is to land.

    Raises InputError for a quote that is never closed.
    """
    before = _marks.count
    with open_text(path, dialect.encoding) as text:
        records = Records(read_header(text, dialect))
        rows = csv.reader(text, delimiter=dialect.delimiter, strict=True)
        try:
            records.count = (
                sum(1 for _ in rows) if len(records.header) == 1 else sum(map(bool, rows))
            )
        except csv.Error:
            records = _count_with_care(path, dialect)
    records.has_unreadable = _marks.count > before
    return records


class _Lines:
    """The lines of a text, with those of the record in hand kept."""

    def __init__(self, text: TextIO) -> None:
        self._text, self.taken = text, list[str]()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.taken.append(line)
        return line


def _count_with_care(path: Path, dialect: CsvDialect) -> Records:
    """The same record by record: one with text after a closing quote is read leniently, as pyarrow
    does, and its number kept.
    """
    with open_text(path, dialect.encoding) as text:
        records = Records(read_header(text, dialect))
        lines = _Lines(text)
        strict = csv.reader(lines, delimiter=dialect.delimiter, strict=True)
        while True:
            lines.taken.clear()
            try:
                record, is_misquoted = next(strict, None), False
            except csv.Error as error:
                _require_closed(path, records, error)
                again = csv.reader(chain(list(lines.taken), lines), delimiter=dialect.delimiter)
                record, is_misquoted = next(again, None), True
            if record is None:
                return records
            if record or len(records.header) == 1:
                records.count += 1
                records.misquoted |= {records.count} if is_misquoted else set()


def _require_closed(path: Path, records: Records, error: csv.Error) -> None:
    if "unexpected end" in str(error):
        raise InputError(
            f"{path.name}: a quote that opens in row {records.count + 2:,} is never closed",
            'close it, or write a quote inside a cell as "" and the cell in quotes',
        )


def cells_as_json(line: str, names: list[str], delimiter: str) -> str:
    """A line with too few or too many cells as a JSON object: its cells by the header as far as
    both go, and the whole line. So a no that stands in it is read, as those of other rows in
    quarantine are.
    """
    cells = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    named = {name: cell or None for name, cell in zip(names, cells, strict=False) if name != "line"}
    return json.dumps(
        {**dict.fromkeys(names), **named, "line": line}, ensure_ascii=False, separators=(",", ":")
    )


class Utf8Bytes(io.RawIOBase):
    """What is left of a text, as UTF-8 bytes."""

    def __init__(self, text: TextIO) -> None:
        self._text, self._rest = text, b""
        self._mark = (
            codecs.BOM_UTF8
        )  # pyarrow drops the first mark of a stream: let it be this one, and none of a value

    def readable(self) -> bool:
        """True, as pyarrow asks."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")  # type: ignore[call-overload]
        if not self._rest:
            self._rest, self._mark = (
                self._mark + self._text.read(CHUNK).encode("utf-8", "replace"),
                b"",
            )
        taken, self._rest = self._rest[: len(view)], self._rest[len(view) :]
        view[: len(taken)] = taken
        return len(taken)
