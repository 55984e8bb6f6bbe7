"""A few rows of each segment, journey, campaign and sync, for a person who asks who that is:
whatever says who it is, is masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from sluice.orchestration.asset_pages.tables import table
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.report.contact_page import MASKED
from sluice.orchestration.report.values import hidden
from sluice.orchestration.warehouse.base import Session

ROWS = 5
MOST_COLUMNS = 12
SEGMENTS = f"""
select m.segment as name, c.email, c.phone, c.language, m.contact_id, m.entered_at
from (
    select segment, contact_id, entered_at,
        row_number() over (partition by segment order by entered_at desc, contact_id) as place
    from segments.segment_members
) as m
inner join contacts.dim_contacts as c on m.contact_id = c.contact_id
where m.place <= {ROWS}
order by 1, m.place
"""
CAMPAIGNS = f"""
select campaign as name, address, decision, reason, contact_id, language, template
from (
    select campaign, contact_id, decision, reason, address, template, language, row_number() over (
        partition by campaign order by decision = 'send' desc, decided_at desc, message_id
    ) as place
    from activation.message_decisions
) as m
where place <= {ROWS}
order by 1, place
"""
JOURNEYS = f"""
select p.journey as name, p.version, c.email, p.node, p.contact_id, p.due_at, p.arrived_at
from (
    select journey, version, contact_id, node, arrived_at, due_at, row_number() over (
        partition by journey, version order by arrived_at desc, enrolment_id
    ) as place
    from journeys.journey_positions
) as p
inner join contacts.dim_contacts as c on p.contact_id = c.contact_id
where p.place <= {ROWS}
order by 1, 2, p.place
"""
ADDRESSES = MASKED | {"address"}
Sample = dg.TableMetadataValue | None


def samples(session: Session, sql: str) -> dict[str, list[dict[str, Any]]]:
    """{name: its rows, masked} of one of the queries above."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in session.execute(sql).records():
        found.setdefault(str(row.pop("name")), []).append(masked(row, ADDRESSES))
    return found


def sample_of_sync(session: Session, activation: Activation, node: Mapping[str, Any]) -> Sample:
    """Rows of what a destination should hold."""
    names = list(_shown(node, [str(getattr(activation.config, "key", ""))]))
    columns = ", ".join(f'"{name}"' for name in names)
    sql = f'select {columns} from {activation.folder}."{activation.model}" limit {ROWS}'
    personal = ADDRESSES | {name for name in names if _is_personal(node["columns"][name])}
    rows = session.execute(sql).records() if names else []
    return table(masked(row, personal) for row in rows)


def masked(row: Mapping[str, Any], personal: set[str]) -> dict[str, Any]:
    """The row; of a column that says who it is, something that differs from the next."""
    return {
        name: hidden(str(value)) if name in personal and value is not None else value
        for name, value in row.items()
    }


def _shown(node: Mapping[str, Any], first: Sequence[str]) -> Iterator[str]:
    columns = [*(one for one in first if one in node["columns"]), *node["columns"]]
    yield from list(dict.fromkeys(columns))[:MOST_COLUMNS]


def _is_personal(column: Mapping[str, Any]) -> bool:
    meta = {**column.get("meta", {}), **(column.get("config") or {}).get("meta", {})}
    return bool(meta.get("personal_data"))
