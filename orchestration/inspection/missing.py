"""Rows and messages that an activation still wants and its destination does not have: how many,
why, and who, by id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.remedies import NO_CONTACT_THERE, remedy
from sluice.models.config import SyncConfig
from sluice.models.run import MissingRows
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.warehouse.base import MissingTableError, Warehouse
from sluice.orchestration.warehouse.reader import query

SHOWN_IDS = 5
WANTED = {
    "sync": (
        "select operation_id from activation.out_sync_operations where sync = $1 and operation_id"
        " in (select unnest($2::bigint[]))"
    ),
    "message": (
        "select message_id from activation.message_decisions where campaign = $1 and message_id in"
        " (select unnest($2::bigint[]))"
    ),
}
# who is absent from a list of contacts: is their contact in a sync to the same destination, and
# its outcome
CONTACTS = """
with refused as (select unnest($2::bigint[]) as contact_id),
contacts as (
    select w.sync_key, bool_or(a.row_hash is not null) as is_there
    from activation.int_sync_wanted as w
    left join activation.int_sync_acknowledged as a on w.stream_id = a.stream_id
        and w.sync_key = a.sync_key
    where w.sync in (select unnest($1::varchar[])) and w.sync_key in (select unnest($3::bigint[]))
    group by w.sync_key
)
select
    k.contact_id,
    case
        when c.sync_key is null then 'contact_in_no_sync'
        when r.contact_id is not null then 'contact_refused'
        when c.is_there then 'contact_gone_there'
        else 'contact_not_synced_yet'
    end
from (select unnest($3::bigint[]) as contact_id) as k
left join contacts as c on k.contact_id = c.sync_key
left join (select distinct contact_id from refused) as r on k.contact_id = r.contact_id"""


def find_missing(
    warehouse: Warehouse,
    ledger: Ledger,
    activations: Sequence[Activation],
    run_id: str | None = None,
    ids: int = SHOWN_IDS,
) -> list[MissingRows]:
    """What is missing now, by activation, state, reason and cause; ``new`` counts what ``run_id``
    tried, ``ids`` limits the ids of each entry. What is no longer wanted is not missing.
    """
    found = {
        one.name: _still_wanted(warehouse, one, ledger.unsettled(one.name, one.destination))
        for one in activations
    }
    missing: list[MissingRows] = []
    for activation in activations:
        if found[activation.name]:
            causes = _causes(warehouse, activation, activations, found)
            missing += _grouped(activation, found[activation.name], causes, run_id, ids)
    return missing


def _still_wanted(
    warehouse: Warehouse, activation: Activation, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    if not rows:
        return []
    ids = [row["delivery_id"] for row in rows]
    try:
        wanted = {
            row[0] for row in query(warehouse, WANTED[activation.kind], [activation.name, ids])
        }
    except MissingTableError:  # nothing was decided yet: all of it may be wanted
        return rows
    return [row for row in rows if row["delivery_id"] in wanted]


def _causes(
    warehouse: Warehouse,
    activation: Activation,
    activations: Sequence[Activation],
    found: dict[str, list[dict[str, Any]]],
) -> dict[int, str]:
    """Of members of a list that are no contacts there: why not, by subject."""
    absent = [
        row["subject_id"] for row in found[activation.name] if row["reason"] == NO_CONTACT_THERE
    ]
    if not absent or not isinstance(activation.config, SyncConfig):
        return {}
    of_contacts = [
        one
        for one in activations
        if _is_of_contacts(one) and one.destination == activation.destination
    ]
    refused = [row["subject_id"] for one in of_contacts for row in found[one.name]]
    names = [one.name for one in of_contacts]
    return dict(query(warehouse, CONTACTS, [names, refused, absent]))


def _is_of_contacts(activation: Activation) -> bool:
    config = activation.config
    return (
        isinstance(config, SyncConfig)
        and config.mode != "membership"
        and config.object == "contacts"
    )


def _grouped(
    activation: Activation,
    rows: list[dict[str, Any]],
    causes: dict[int, str],
    run_id: str | None,
    ids: int,
) -> list[MissingRows]:
    groups: dict[tuple[str, str, str, str | None], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        cause = causes.get(row["subject_id"]) if row["reason"] == NO_CONTACT_THERE else None
        groups[row["operation"], row["state"], row["reason"] or "no_reason_given", cause].append(
            row
        )
    listed = [
        MissingRows(
            activation=activation.name,
            kind="message" if activation.kind == "message" else "sync",
            destination=activation.destination,
            operation=operation,
            state=state,
            reason=reason,
            cause=cause,
            count=len(group),
            new=sum(row["run_id"] == run_id for row in group),
            ids=sorted({row["subject_id"] for row in group})[:ids],
            fix=remedy(
                activation.kind,
                activation.name,
                activation.model,
                activation.destination,
                state,
                reason,
                cause,
            ),
        )
        for (operation, state, reason, cause), group in groups.items()
    ]
    return sorted(
        listed, key=lambda one: (-one.count, one.operation, one.state, one.reason, one.cause or "")
    )
