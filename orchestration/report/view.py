"""A section as the page shows it: its cells as text, its chart, and the sentences about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from sluice.orchestration.journeys.words import Language
from sluice.orchestration.report.charts import Drawn, draw, has_charts, is_all_zero
from sluice.orchestration.report.filters import Filters, time_column
from sluice.orchestration.report.reading import Row, Table
from sluice.orchestration.report.sections import Section, Written
from sluice.orchestration.report.values import Cell, Labels, cell, moment, reason_of_null
from sluice.orchestration.report.words import say

SHOWN_ROWS = 200
NOTHING = Written("")


@dataclass(frozen=True)
class Head:
    """The head of a column."""

    name: str
    label: str
    is_number: bool


@dataclass
class Part:
    """A table as it is shown. ``definition``: the id of what its numbers open."""

    title: str
    model: str
    definition: str
    columns: list[Head]
    rows: list[list[Cell]]

    @property
    def numbers(self) -> set[int]:
        """The places of the columns that are aligned to the right."""
        return {place for place, one in enumerate(self.columns) if one.is_number}


@dataclass
class SectionView(Part):
    """A section: the table, the chart, and the sentences before and after them; ``empty``: why
    there is no table.
    """

    description: Written = NOTHING
    notes: list[str] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    empty: str = ""
    chart: Markup | None = None


@dataclass(frozen=True)
class Reader:
    """Whom a page is for: the language, what was asked for, the project's labels."""

    language: Language
    filters: Filters
    labels: Labels


def view(table: Table, reader: Reader) -> SectionView:
    """A section with its chart and at most SHOWN_ROWS rows."""
    made = SectionView(**vars(part_of(table.section, table.rows[:SHOWN_ROWS], reader)))
    made.description = table.section.described(reader.language)
    made.notes = list(_notes(table, reader))
    if table.state != "rows":
        made.empty = say(table.state, reader.language, asked(reader))
        return made
    drawn = draw(table, reader.language, reader.labels) if has_charts() else None
    made.notes += [say("all_zero", reader.language)] if is_all_zero(table) else []
    made.chart = Markup(drawn.svg) if drawn else None  # written by Vega
    made.footnotes = list(_footnotes(table, drawn, reader))
    return made


def part_of(section: Section, rows: Sequence[Row], reader: Reader) -> Part:
    """Some rows of a section as a table."""
    language = reader.language
    columns = section.columns_in(language)
    heads = [Head(one.name, one.named(language), one.is_number) for one in columns]
    cells = [[cell(row[one.name], one, language, reader.labels) for one in columns] for row in rows]
    return Part(section.title(language), section.model, definition_id(section), heads, cells)


def definition_id(section: Section) -> str:
    """The id of the definition that the numbers of a section open."""
    return f"definition-{section.model}"


def asked(reader: Reader) -> str:
    """The filters in words."""
    filters, language = reader.filters, reader.language
    parts = [
        say(key, language, moment(day, language))
        for key, day in (("from", filters.first), ("to", filters.last))
        if day is not None
    ]
    parts += [
        say("is", language, say(name, language), wanted)
        for name in ("channel", "segment")
        if (wanted := getattr(filters, name))
    ]
    return ("，" if language == "zh" else ", ").join(parts)


def _notes(table: Table, reader: Reader) -> Iterator[str]:
    language = reader.language
    between = _between(language)
    if missing := [say(one, language) for one in table.not_applied]:
        yield say("not_applied", language, between.join(missing))
    if table.section.hidden:
        yield say("hidden", language, between.join(table.section.hidden))
    column = time_column(table.section)
    if column and table.section.meta.chart.x == column.name:
        days = {row[column.name] for row in table.rows}
        if len(days) == 1 and None not in days:
            yield say("one_day", language)


def _footnotes(table: Table, drawn: Drawn | None, reader: Reader) -> Iterator[str]:
    language = reader.language
    if table.count > SHOWN_ROWS:
        yield say("more_rows", language, SHOWN_ROWS, f"{table.count:,}")
    if drawn and table.count > len(table.rows):
        yield say("drawn_rows", language, f"{len(table.rows):,}")
    yield from drawn.notes if drawn else ()
    if drawn and drawn.left_out:
        yield say("more_bars", language, f"{drawn.left_out:,}")
    reasons: dict[str, list[str]] = {}
    for column in table.section.columns_in(language):
        if any(row[column.name] is None for row in table.rows[:SHOWN_ROWS]):
            reason = reason_of_null(column, language)
            reasons.setdefault(reason, []).append(column.named(language))
    for reason, names in reasons.items():
        yield say("null", language, _between(language).join(names), reason)


def _between(language: Language) -> str:
    return "、" if language == "zh" else ", "
