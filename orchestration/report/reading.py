"""The rows of the sections, from the warehouse: as the marts have them, nothing is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sluice.orchestration.report.filters import Filters, is_time
from sluice.orchestration.report.sections import Section
from sluice.orchestration.warehouse.base import Session, UnknownNameError, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

READ_ROWS = 5_000  # of a section, for a page; a workbook and CSV have them all
State = Literal["rows", "not_built", "out_of_date", "no_data", "none_of_filter"]
Row = dict[str, Any]


@dataclass
class Table:
    """A section with its rows, at most as many as were asked for; ``count``: how many there are
    by the filters.
    """

    section: Section
    state: State
    rows: list[Row] = field(default_factory=list)
    count: int = 0
    not_applied: list[str] = field(default_factory=list)


def read_tables(
    warehouse: Warehouse, sections: Sequence[Section], filters: Filters, most: int | None
) -> list[Table]:
    """Every section, in one session. Raises ConfigurationError where there is no warehouse."""
    with open_warehouse(warehouse) as session:
        there = session.tables()
        return [_read(session, one, filters, most, there) for one in sections]


def _read(
    session: Session,
    section: Section,
    filters: Filters,
    most: int | None,
    there: set[tuple[str, str]],
) -> Table:
    if (section.schema, section.model) not in there:
        return Table(section, "not_built")
    condition, values = filters.condition(section)
    where = f" where {condition}" if condition else ""
    table = f'{section.schema}."{section.model}"'
    limit = f" limit {most}" if most is not None else ""
    names = ", ".join(f'"{one.name}"' for one in section.columns)
    try:
        count = int(session.execute(f"select count(*) from {table}{where}", values).rows[0][0])
        rows = session.execute(
            f"select {names} from {table}{where} order by {order(section)}{limit}", values
        ).records()
    except UnknownNameError:
        return Table(section, "out_of_date")
    if rows:
        return Table(section, "rows", rows, count, filters.not_applied(section))
    has_any = where and session.execute(f"select 1 from {table} limit 1").rows
    return Table(section, "none_of_filter" if has_any else "no_data")


def order(section: Section) -> str:
    """SQL of the order of the rows: as the meta says, else the newest first, else the largest,
    then by what names a row. The same rows are always in the same order.
    """
    chart = section.meta.chart
    first: list[str] = []
    if section.meta.order_by:
        first = [f'"{section.meta.order_by}"']
    elif (x := section.column(chart.x)) and is_time(x):
        first = [f'"{x.name}" desc']
    elif (y := section.column(chart.y)) and y.is_number:
        first = [f'"{y.name}" desc']
    rest = [f'"{one.name}"' for one in (*section.names, *section.columns)]
    return ", ".join(f"{one} nulls last" for one in dict.fromkeys([*first, *rest]))
