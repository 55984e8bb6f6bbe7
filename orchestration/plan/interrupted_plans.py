"""What a run that was cut off had planned and not sent: the guardrails, or a person, let it through
already.

Without this a crash in the middle of a first sync would block the rest: against the 600 rows that
arrived, 600 more are 100 %. A push that was stopped, paused, or given up for a vendor that is down
is the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.runs.notes import StartNote
from sluice.orchestration.runs.state import RunState
from sluice.orchestration.warehouse.reader import open_files

KEPT = timedelta(days=7)  # what was let through longer ago is checked again
ITEMS = {
    "sync": "select delivery_id, operation, sync_key as item_key from read_parquet($1)",
    "message": (
        "select delivery_id, 'send' as operation, delivery_id as item_key from read_parquet($1)"
    ),
}
# by key, not by id: the id of an operation has its values in it, and they may have changed since
AGAIN = """select d.operation, d.delivery_id = b.delivery_id as is_same, b.delivery_id
    from ({due}) as d
inner join begun as b on d.operation = b.operation
    and cast(d.item_key as varchar) = cast(b.item_key as varchar)"""


@dataclass(frozen=True)
class Rest:
    """What is due and belongs to a plan that was begun: counts by operation; ``plans`` and
    ``as_of`` (naive UTC) of that plan. ``tried``: how many of them are due again, since they were
    refused for now, or a person asked for it; nothing cut them off.
    """

    operations: Mapping[str, int] = field(default_factory=dict)
    plans: Sequence[str] = ()
    as_of: datetime | None = None
    tried: int = 0

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.operations.values())


def find_rest(state: RunState, activation: Activation, due_rows: Path) -> Rest:
    """What of the due rows in ``due_rows`` belongs to the plan whose push was begun last."""
    begun = state.ledger.begun_plan(activation.name)
    now, as_of = datetime.now(UTC).replace(tzinfo=None), state.as_of.replace(tzinfo=None)
    if begun is None or now - begun.begun_at > KEPT or begun.as_of > as_of:
        return Rest()
    items = pq.read_table(pa.BufferReader(begun.items))
    with open_files() as files:
        files.connection.register("begun", items)
        found = files.execute(AGAIN.format(due=ITEMS[activation.kind]), [str(due_rows)]).fetchall()
    accepted = state.ledger.accepted_among(
        [delivery_id for _, is_same, delivery_id in found if not is_same]
    )
    rest = [
        (operation, delivery_id)
        for operation, is_same, delivery_id in found
        if is_same or delivery_id not in accepted
    ]
    tried = state.ledger.tried_among([delivery_id for _, delivery_id in rest])
    return Rest(Counter(one for one, _ in rest), begun.plans, begun.as_of, len(tried))


def note_plan(state: RunState, activation: Activation, due_rows: Path, rest: Rest) -> None:
    """Note in the ledger, before the first call, that the push of ``due_rows`` begins.

    ``rest``: how many of them belong to the plan before.
    """
    with open_files() as files:
        items = files.connection.sql(
            ITEMS[activation.kind], params=[str(due_rows)]
        ).to_arrow_table()
    is_the_same = rest.count == items.num_rows
    plans = [
        *(rest.plans if is_the_same else ()),
        *state.notes.find(StartNote).plan_ids,
        state.run.run_id,
    ]
    buffer = pa.BufferOutputStream()
    pq.write_table(items, buffer, compression="zstd")
    written = buffer.getvalue().to_pybytes()
    now = datetime.now(UTC)
    state.ledger.note_begun(activation.name, plans, state.as_of, now, written)
