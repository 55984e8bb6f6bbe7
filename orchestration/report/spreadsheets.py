"""The tables of a report as a workbook, or a CSV a table: every row, nothing that a spreadsheet
takes for a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

from sluice.models.errors import ConfigurationError
from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.reading import Table
from sluice.orchestration.report.values import is_missing
from sluice.orchestration.report.view import Reader, asked
from sluice.orchestration.report.words import say

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
NAME_LENGTH, MOST_WIDE, MOST_ROWS = 31, 48, 1_048_575
FIRST_YEAR = 1900  # of days in a workbook
EXACT_DIGITS = 10**15  # a larger whole number loses digits in a spreadsheet


def to_xlsx(tables: Sequence[Table], reader: Reader) -> bytes:
    """A sheet a section, its head frozen and filterable. Raises ConfigurationError without the
    extra.
    """
    if find_spec("xlsxwriter") is None:
        raise ConfigurationError(
            "a workbook needs the extra reports",
            "pip install 'sluice[reports]', or take --format csv",
        )
    import xlsxwriter

    content, names = io.BytesIO(), set[str]()
    options = {"in_memory": True, "remove_timezone": True}
    with xlsxwriter.Workbook(content, options) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "rate": book.add_format({"num_format": "0.0%"}),
        }
        for table in tables:
            _add_sheet(
                book.add_worksheet(_name(table, reader.language, names)), table, reader, formats
            )
        if not tables:
            book.add_worksheet()
    return content.getvalue()


def to_csv(table: Table, language: Language) -> str:
    """One table, with a mark by which spreadsheets see that it is UTF-8. A text that begins as a
    formula does gets an apostrophe.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([one.named(language) for one in table.section.columns])
    for row in table.rows:
        writer.writerow([_plain(row[one.name]) for one in table.section.columns])
    return "\ufeff" + file.getvalue()


def _name(table: Table, language: Language, taken: set[str]) -> str:
    """The name of a sheet: at most 31 characters, none twice."""
    title = NOT_IN_NAMES.sub(" ", table.section.title(language)).strip()
    name, number = title[:NAME_LENGTH], 2
    while name.lower() in taken:
        end = f" {number}"
        name, number = title[: NAME_LENGTH - len(end)] + end, number + 1
    taken.add(name.lower())
    return name


def _add_sheet(sheet: Any, table: Table, reader: Reader, formats: dict[str, Any]) -> None:
    columns = table.section.columns
    for place, column in enumerate(columns):
        label = column.named(reader.language)
        sheet.write_string(0, place, label, formats["head"])
        longest = max([len(str(row[column.name])) for row in table.rows[:100]], default=0)
        sheet.set_column(place, place, min(max(longest, 2 * len(label), 8), MOST_WIDE))
    if table.state != "rows":
        sheet.write_string(1, 0, say(table.state, reader.language, asked(reader)))
        return
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(table.rows[:MOST_ROWS], start=1):
        for place, column in enumerate(columns):
            _put(sheet, number, place, row[column.name], column.is_rate, formats)
    sheet.autofilter(0, 0, min(len(table.rows), MOST_ROWS), len(columns) - 1)


def _put(
    sheet: Any, row: int, place: int, value: Any, is_rate: bool, formats: dict[str, Any]
) -> None:
    if is_missing(value):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float | Decimal) and abs(value) < EXACT_DIGITS:
        sheet.write_number(row, place, value, formats["rate"] if is_rate else None)
    elif isinstance(value, date) and value.year >= FIRST_YEAR:
        shape = formats["time" if isinstance(value, datetime) else "date"]
        sheet.write_datetime(row, place, value, shape)
    else:
        sheet.write_string(row, place, str(value))  # never a formula


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    is_formula = isinstance(value, str) and value.startswith(FORMULA)
    return f"'{value}" if is_formula else value
