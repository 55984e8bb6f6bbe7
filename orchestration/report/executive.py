"""The first page: targets, what changed since the last published copy, what needs somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sluice.orchestration.inspection.data_issues import data_issues
from sluice.orchestration.report.charts import is_without_figures
from sluice.orchestration.report.reading import Row, Table
from sluice.orchestration.report.sections import Section
from sluice.orchestration.report.values import cell, is_missing, word
from sluice.orchestration.report.view import Part, Reader, definition_id, part_of
from sluice.orchestration.report.words import say
from sluice.orchestration.warehouse.base import MissingTableError, Warehouse
from sluice.orchestration.warehouse.reader import query

Figures = Mapping[str, Mapping[str, float]]  # model -> row in words -> figure
COMPARED_ROWS = 200  # of a table, with the copy before
SHOWN_TARGETS, SHOWN_CHANGES, CHANGES_OF_A_SECTION = 12, 15, 4
RESULTS = "rpt_activation_results"
MESSAGE_COSTS, WITHOUT_PRICE = "rpt_message_costs", "messages_without_price"
NOT_THERE = (
    "select activation, outcome, coalesce(reason, ''), item_count from"
    f" reports.{RESULTS} where outcome in ('failed', 'retry', 'unknown') order by"
    " item_count desc, 1, 2, 3 limit 10"
)


@dataclass(frozen=True)
class Need:
    """Something to do; ``anchor``: where the report has more of it."""

    what: str
    fix: str
    anchor: str = ""


@dataclass(frozen=True)
class Change:
    """A figure that differs from the last published copy."""

    title: str
    model: str
    definition: str
    of: str
    before: str
    now: str
    exact: str
    difference: str


@dataclass
class Executive:
    """The first page; ``since``: the day of the copy compared with, empty where there is none."""

    needs: list[Need] = field(default_factory=list)
    targets: list[Part] = field(default_factory=list)
    since: str = ""
    changes: list[Change] = field(default_factory=list)


def figures_of(tables: Sequence[Table]) -> dict[str, dict[str, float]]:
    """What a later copy compares itself with: the figure drawn in each section, by row."""
    return {
        one.section.model: {
            key: float(row[y.name]) for key, row in _by_name(one) if not is_missing(row[y.name])
        }
        for one in tables
        if (y := one.section.column(one.section.meta.chart.y)) and y.is_number
    }


def _by_name(table: Table) -> list[tuple[str, Row]]:
    """The first rows by their names. What two rows are named alike is compared with nothing."""
    named = [(_key(table.section, row), row) for row in table.rows[:COMPARED_ROWS]]
    counts = Counter(key for key, _ in named)
    return [(key, row) for key, row in named if counts[key] == 1]


def targets_of(tables: Sequence[Table], reader: Reader) -> list[Part]:
    """The first rows of each table of targets."""
    return [
        part_of(one.section, one.rows[:SHOWN_TARGETS], reader)
        for one in tables
        if one.section.meta.page == "targets" and one.state == "rows"
    ]


def changes_since(before: Figures, tables: Sequence[Table], reader: Reader) -> list[Change]:
    """The figures that changed, the largest change in proportion first."""
    found: list[tuple[float, Change]] = []
    for table in tables:
        old = before.get(table.section.model)
        if old is not None:
            found += sorted(_changes(old, table, reader), key=lambda one: -one[0])[
                :CHANGES_OF_A_SECTION
            ]
    found.sort(key=lambda one: -one[0])
    return [change for _, change in found[:SHOWN_CHANGES]]


def needs_of(
    warehouse: Warehouse, tables: Sequence[Table], problems: Mapping[str, str], reader: Reader
) -> list[Need]:
    """What needs somebody, the alerts first."""
    return [
        *_alerts(tables, reader),
        *_missed(tables, reader),
        *_not_there(warehouse, tables, reader),
        *_issues(warehouse, reader),
        *_costs(tables, reader),
        *(
            Need(say("left_out", reader.language, name, why), say("see_yml", reader.language))
            for name, why in problems.items()
        ),
    ]


def _alerts(tables: Sequence[Table], reader: Reader) -> Iterator[Need]:
    for table in tables:
        section = table.section
        for row in table.rows[:10] if section.meta.needs_you else ():
            title = section.title(reader.language)
            yield Need(_shown(section, row, reader), title, section.model)


def _missed(tables: Sequence[Table], reader: Reader) -> Iterator[Need]:
    """The targets that are not reached, of tables that say so, with what is done about it."""
    for table in tables:
        section, language = table.section, reader.language
        target, actual = section.column("target"), section.column("actual")
        is_of_targets = section.meta.page == "targets" and section.column("is_reached")
        if not is_of_targets or target is None or actual is None:
            continue
        for row in table.rows:
            if row["is_reached"] is False:
                label, action = row.get(f"label_{language}"), row.get(f"action_{language}")
                named = [label or row.get("metric"), row.get("campaign")]
                numbers = [cell(row[one.name], one, language, {}).text for one in (actual, target)]
                name = " / ".join(str(one) for one in named if one)
                what = say("not_reached", language, name, *numbers)
                yield Need(what, str(action or say("target_page", language)), "targets")


def _not_there(warehouse: Warehouse, tables: Sequence[Table], reader: Reader) -> Iterator[Need]:
    language = reader.language
    shown = RESULTS if any(one.section.model == RESULTS for one in tables) else ""
    for name, outcome, reason, count in _rows(warehouse):
        why = word(reason, language) or say("no_reason", language)
        what = say("not_there", language, name, f"{count:,}", word(outcome, language), why)
        yield Need(what, say("see_missing", language), shown)


def _rows(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    try:
        return query(warehouse, NOT_THERE)
    except MissingTableError:
        return []


def _issues(warehouse: Warehouse, reader: Reader) -> Iterator[Need]:
    language = reader.language
    for one in data_issues(warehouse):
        what = say("issue", language, one.source, f"{one.count:,}", word(one.issue, language))
        yield Need(what, say("see_lint", language))


def _costs(tables: Sequence[Table], reader: Reader) -> Iterator[Need]:
    of_page = [one for one in tables if one.section.meta.page == "costs"]
    costs = [one for one in of_page if one.section.model != MESSAGE_COSTS]
    reasons = {row.get("reason") for one in of_page for row in one.rows}
    if all(is_without_figures(one) for one in costs) and WITHOUT_PRICE not in reasons:
        yield Need(say("no_costs", reader.language), say("give_costs", reader.language), "costs")
    if WITHOUT_PRICE in reasons:
        shown = MESSAGE_COSTS if len(of_page) > len(costs) else "costs"
        yield Need(say("no_prices", reader.language), say("give_prices", reader.language), shown)


def _changes(
    old: Mapping[str, float], table: Table, reader: Reader
) -> Iterator[tuple[float, Change]]:
    section = table.section
    y = section.column(section.meta.chart.y)
    for key, row in _by_name(table) if y else ():
        value, before = row[y.name], old.get(key)  # type: ignore[union-attr]
        if is_missing(value) or before is None or float(value) == before:
            continue
        assert y is not None
        now, was = cell(value, y, reader.language, {}), cell(before, y, reader.language, {})
        moved = float(value) - before
        sign = "+" if moved > 0 else ""
        change = Change(
            title=section.title(reader.language),
            model=section.model,
            definition=definition_id(section),
            of=_shown(section, row, reader),
            before=was.text,
            now=now.text,
            exact=now.exact,
            difference=sign + cell(moved, y, reader.language, {}).text,
        )
        yield abs(moved) / max(abs(before), 1e-9), change


def _key(section: Section, row: Row) -> str:
    return " / ".join("" if row[one.name] is None else str(row[one.name]) for one in section.names)


def _shown(section: Section, row: Row, reader: Reader) -> str:
    shown = [one for one in section.columns_in(reader.language) if one in section.names]
    texts = [cell(row[one.name], one, reader.language, reader.labels) for one in shown]
    return " / ".join(one.text for one in texts if one.kind != "null")
