"""What a run decided of the rows of each sync."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sluice.orchestration.asset_pages.charts import bars
from sluice.orchestration.asset_pages.people import sample_of_sync
from sluice.orchestration.asset_pages.tables import Metadata, given
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.warehouse.base import Session

WANTED = "select sync, wanted_rows, acknowledged_rows from activation.int_sync_digests"
OPERATIONS = """
select
    sync, operation, count(*) filter (where hold_reason is null) as due,
    count(*) filter (where hold_reason is not null) as held
from activation.out_sync_operations
group by sync, operation
"""
Row = Mapping[str, Any]


def describe_syncs(
    session: Session, nodes: Mapping[str, Mapping[str, Any]], activations: Iterable[Activation]
) -> dict[str, Metadata]:
    """{model: what is wanted at its destination, and what of it is due}. ``nodes``: by model."""
    wanted = {row["sync"]: row for row in session.execute(WANTED).records()}
    operations: dict[str, list[Row]] = {}
    for row in session.execute(OPERATIONS).records():
        operations.setdefault(row["sync"], []).append(row)
    return {
        one.model: _page(wanted.get(one.name, {}), operations.get(one.name, []))
        | given(sample=sample_of_sync(session, one, nodes[one.model]))
        for one in activations
        if one.kind == "sync" and one.model in nodes
    }


def _page(wanted: Row, operations: list[Row]) -> dict[str, Any]:
    due = {str(row["operation"]): int(row["due"]) for row in operations}
    names = ("entered", "changed", "exited")
    return dict(
        given(
            chart=bars([(name, float(due.get(name, 0))) for name in names]),
            size=wanted.get("wanted_rows"),
            at_destination=wanted.get("acknowledged_rows"),
            **{name: due.get(name, 0) for name in names},
            held=sum(int(row["held"]) for row in operations),
        )
    )
