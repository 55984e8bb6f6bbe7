"""What a pass of the fast lane leaves in the warehouse: of the histories, what it added for its
contacts, and the names of new contacts. Everything else the next run derives, as if it had been the
first to see these events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import ConfigurationError
from sluice.orchestration.landing.identity import keep_names
from sluice.orchestration.recovery.histories import HISTORIES, History
from sluice.orchestration.warehouse.base import Session

# the histories that say something of a contact, and what of them is the lane's
COUPONS = "journeys.int_coupons_given"
JOURNEYS = (
    *("journeys.journey_transitions", "journeys.journey_actions"),
    *(COUPONS, "journeys.int_owner_assignments"),
)
DECISIONS = "activation.int_journey_decisions"
NOT_OF_CONTACTS = (
    *("journeys.int_journey_definitions", "activation.int_campaign_stages"),
    *("scoring.score_model_changes", "ledger.experiment_decisions"),
)
# no fast campaign has variants: the run that decides the others gives them their arms
OF_RUNS_ALONE = [one for one in HISTORIES if one.table == "activation.variant_assignments"]
KEPT = [
    one
    for one in HISTORIES
    if one.time and one.table not in NOT_OF_CONTACTS and one not in OF_RUNS_ALONE
]
WHOSE = "list_contains($1, contact_id)"
# a code stays given when its person is forgotten: the row names an enrolment and no contact
OF_ENROLMENTS = (
    f"enrolment_id in (select enrolment_id from journeys.journey_transitions where {WHOSE})"
)
NAMES = """select * from identity.identity_map
where list_contains($1, contact_id) and named_at = cast($2 as timestamp)"""


@dataclass(frozen=True)
class Rows:
    """What a pass adds: rows by history, and those of the identity map that name new contacts."""

    histories: Sequence[tuple[History, pa.Table]]
    names: pa.Table


def read_rows(
    copy: Session,
    contacts: Sequence[int],
    moment: datetime,
    journeys: Sequence[str],
    campaigns: Sequence[str],
) -> Rows:
    """What was added in the copy at this moment for these contacts; of journeys, the fast ones."""
    at = moment.replace(tzinfo=None)
    of_names = {
        **dict.fromkeys(JOURNEYS, ("journey", list(journeys))),
        DECISIONS: ("campaign", list(campaigns)),
    }
    found = []
    for history in KEPT:
        whose = OF_ENROLMENTS if history.table == COUPONS else WHOSE
        sql = (
            f"select * from {history.table} where {whose}"
            f" and {history.time} = cast($2 as timestamp)"
        )
        parameters: list[object] = [list(contacts), at]
        if history.table in of_names:
            column, names = of_names[history.table]
            sql, parameters = f"{sql} and list_contains($3, {column})", [*parameters, names]
        found.append((history, pa.Table.from_batches(copy.batches(sql, parameters))))
    names_of_new = pa.Table.from_batches(copy.batches(NAMES, [list(contacts), at]))
    return Rows([one for one in found if one[1].num_rows], names_of_new)


def write_rows(session: Session, ledger: Ledger, rows: Rows, last_run: datetime) -> None:
    """Write them to the warehouse, in one transaction. What of the histories of runs is later than
    the last run is of a pass that was cut off, and goes, as a run would have it go.
    """
    keep_names(session, ledger, rows.names)
    with session.transaction():
        for history in KEPT:
            schema, _, name = history.table.partition(".")
            if not session.has_table(schema, name):
                raise ConfigurationError(
                    f"the warehouse has no {history.table} yet, which the fast lane continues",
                    "run `sluice run` once",
                )
        for history in (*KEPT, *OF_RUNS_ALONE):
            if history.of_runs and session.has_table(*history.table.split(".")):
                session.execute(
                    f"delete from {history.table} where {history.time} > cast($1 as timestamp)",
                    [last_run.replace(tzinfo=None)],
                )
        for history, table in rows.histories:
            session.insert(history.table, table)
