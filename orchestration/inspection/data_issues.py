"""What is wrong with the data of a run, by source: records and events that count otherwise than
their source may think.
"""

from __future__ import annotations

from sluice.models.run import DataIssue
from sluice.orchestration.warehouse.base import MissingTableError, Warehouse
from sluice.orchestration.warehouse.reader import query

SQL = """
select source, issue, record_count from reports.rpt_record_issues
    where issue = 'record id on rows of one moment that differ'
union all
select
    source,
    case reason when 'no record with this id'
        then 'events of records that ' || record_source || ' does not have'
        else 'events that name ' || reason
    end,
    event_count
from reports.rpt_unmatched_events where is_fault
order by 1, 2
"""


def data_issues(warehouse: Warehouse) -> list[DataIssue]:
    """The issues as of the last reports; none where no report was built yet."""
    try:
        rows = query(warehouse, SQL)
    except MissingTableError:
        return []
    return [DataIssue(source=source, issue=issue, count=count) for source, issue, count in rows]
