"""Landing and deciding in the copy of a pass."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.dbt.isolation import build_around_failures
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.dbt.touched_alone import TouchedAlone, can_be_made
from sluice.orchestration.fast.copying import with_warehouse_of
from sluice.orchestration.fast.decided import is_decided
from sluice.orchestration.fast.flagged import Flagged, find_flagged
from sluice.orchestration.fast.keeping import KEPT
from sluice.orchestration.fast.touched import count_planned, mark_known, touched_alone
from sluice.orchestration.fast.waiting import Waiting
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.inbox import land_inbox
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.plan.activation_registry import refused_activations
from sluice.orchestration.recovery.past import BEFORE_ANY, last_run
from sluice.orchestration.rights.secret import erased_keys
from sluice.orchestration.runs.sending import sending_as_of
from sluice.orchestration.warehouse.reader import open_warehouse

LAST_MODELS = ("out_messages", *(one.table.partition(".")[2] for one in KEPT))
NOT_BUILT = ("resource_type:test", "resource_type:seed")
_kept: dict[Path, tuple[str, Dbt]] = {}


def build(
    settings: Settings, copy: Settings, ledger: Ledger, moment: datetime, waiting: Waiting
) -> tuple[Flagged, list[str], datetime]:
    """Land and decide in the copy. Returns what is fast, what was stopped, and when the last run
    was.
    """
    mixed, dbt = with_warehouse_of(settings, copy), _dbt_of(copy)
    manifest = dbt.manifest
    dbt.touched_alone = _touched_alone(copy, dbt, waiting)
    land_inbox(mixed, ledger, erased_keys(settings, ledger))
    land_ledger(copy.warehouse, ledger, datetime.now(UTC))
    sending = sending_as_of(settings.home)
    last = dbt.last_run = max(last_run(copy.warehouse, ledger), sending or BEFORE_ANY)
    if sending is not None:
        with open_warehouse(copy.warehouse, read_only=False) as session:
            count_planned(session, moment)
    _, stopped = build_around_failures(
        dbt,
        moment,
        select=[f"+{name}" for name in last_models(manifest)],
        exclude=NOT_BUILT,
        left_out=refused_activations(manifest),
    )
    return find_flagged(manifest), stopped, last


def _touched_alone(copy: Settings, dbt: Dbt, waiting: Waiting) -> TouchedAlone | None:
    """None where models are to be made for everybody: the last run did not end, or was decided by
    other code, or the project made something else of them than tables.
    """
    if not can_be_made(dbt.manifest):
        return None
    with open_warehouse(copy.warehouse, read_only=False) as session:
        if not is_decided(session, dbt.code()):
            return None
        mark_known(session, waiting)
    return touched_alone(copy.warehouse.prefix)


def last_models(manifest: Mapping[str, Any]) -> list[str]:
    """The models that a pass needs and that no other one of them is made of."""
    wanted = {
        key: node["name"]
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["name"] in LAST_MODELS
    }
    above: set[str] = set()
    frontier = {parent for key in wanted for parent in manifest["parent_map"][key]}
    while frontier:
        above |= frontier
        frontier = {
            parent for key in frontier for parent in manifest["parent_map"].get(key, ())
        } - above
    return sorted(name for key, name in wanted.items() if key not in above)


def _dbt_of(copy: Settings) -> Dbt:
    """That of the pass before in this process, which has read the project, or a new one."""
    dbt = Dbt(copy)
    dbt.is_thrown_away = True
    kept = _kept.get(dbt.target)
    if kept is None or kept[0] != dbt.state():
        _kept[dbt.target] = kept = (dbt.state(), dbt)
    return kept[1]
