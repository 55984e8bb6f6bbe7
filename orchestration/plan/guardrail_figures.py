"""The figures that guardrails check: from the file of due rows, the warehouse, the content and
earlier runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sluice.activations.content.previews import template_problems
from sluice.activations.destinations import registry
from sluice.activations.ledger.past_runs import PastRun, last_passed, volumes
from sluice.activations.plan.due_rows import count_items
from sluice.activations.plan.guardrails import Facts, SourceAge
from sluice.activations.plan.tariff import Tariff, tariff_of
from sluice.models.config import CampaignConfig, SyncConfig
from sluice.models.delivery import Message
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.plan.activation_registry import Activation, Source
from sluice.orchestration.plan.interrupted_plans import Rest
from sluice.orchestration.runs.state import RunState
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.reader import open_files, query, query_files

NO_REST = Rest()
SHARES = ("share_entering", "share_exiting")
SYNC_ROWS = "select wanted_rows, acknowledged_rows from activation.int_sync_digests where sync = $1"
LAST_LANDING = "select max(landed_at) from raw.landings where table_name = $1"
NEWEST = """select max(loaded_at)
from (select cast(native_time as timestamp) as loaded_at from native_table) as loads
where loaded_at <= $1"""
# of an entry and an exit at one moment the entry counts
SEGMENT = """
with changes as (
    select
        contact_id, changed_at <= $2 as is_before, change = 'entered' as is_in,
        row_number() over (
            partition by contact_id order by changed_at desc, change = 'entered' desc
        ) as place,
        row_number() over (
            partition by contact_id, changed_at <= $2
            order by changed_at desc, change = 'entered' desc
        ) as place_in_part
    from segments.segment_changes where segment = $1
),
members as (
    select
        coalesce(bool_or(is_in) filter (where place = 1), false) as is_in,
        coalesce(bool_or(is_in) filter (where is_before and place_in_part = 1), false) as was_in
    from changes group by contact_id
)
select
    count(*) filter (where was_in), count(*) filter (where is_in and not was_in),
    count(*) filter (where was_in and not is_in)
from members"""
DUPLICATES = """select count(*) from (
    select address_hash from read_parquet($1) group by address_hash having count(*) > 1)"""
# in the country most of its recipients are in: what a few of them lack a template for is not the
# whole campaign's fault
VARIANTS = """
select * exclude (recipients) from (
    select *, count(*) over (partition by channel, template, subjects, language, country)
        as recipients
    from read_parquet($1)
) qualify row_number() over (partition by channel, template, subjects, language
    order by recipients desc, delivery_id) = 1"""


def tariff(state: RunState, activation: Activation) -> Tariff:
    """Price and pace of the activation's destination."""
    entry = registry.entry(activation.destination)
    return tariff_of(entry.config, entry.client, activation.kind, declared(state.settings))


def gather_facts(
    state: RunState,
    activation: Activation,
    due_rows: Path,
    operations: Mapping[str, int],
    rest: Rest = NO_REST,
) -> Facts:
    """The figures of one activation, whose due rows are in the file ``due_rows``: counted by
    operation in ``operations``, those of a plan that was cut off in ``rest``.
    """
    cost = tariff(state, activation)
    past = state.ledger.past_runs(state.as_of)
    kind: Literal["message", "sync"] = (
        "sync" if isinstance(activation.config, SyncConfig) else "message"
    )
    if kind == "sync":
        new = {name: count - rest.operations.get(name, 0) for name, count in operations.items()}
        known = _sync_facts(state, activation, new)
    else:
        known = _message_facts(state, activation, due_rows, past, rest)
    return Facts(
        activation=activation.name,
        model=activation.model,
        kind=kind,
        destination=activation.destination,
        operations=operations,
        rest=rest.operations,
        cost=cost.cost(sum(operations.values()) - rest.count),
        currency=cost.currency,
        sources=_source_ages(state, activation),
        volumes=volumes(past, activation.name),
        **known,
    )


def _sync_facts(
    state: RunState, activation: Activation, operations: Mapping[str, int]
) -> dict[str, Any]:
    config = activation.config
    assert isinstance(config, SyncConfig)
    is_deleting = config.mode == "mirror" and config.on_exit == "archive"
    ((wanted, held),) = query(state.settings.warehouse, SYNC_ROWS, [activation.name])
    return {
        "wanted": wanted,
        "held": held,
        "deletes": operations.get("exited", 0) if is_deleting else 0,
        # of the whole project: in the sandbox alone, so that nobody goes live with it
        "is_first_sync_allowed": state.settings.delivery == "sandbox"
        and state.settings.project.config.first_sync == "allowed",
    }


def _message_facts(
    state: RunState, activation: Activation, due_rows: Path, past: list[PastRun], rest: Rest
) -> dict[str, Any]:
    config = activation.config
    assert isinstance(config, CampaignConfig)
    known: dict[str, Any] = {
        "is_marketing": config.purpose == "marketing",
        "untold": activation.untold,
    }
    # a run that was cut off has no summary, but its plan was let through
    since = max(
        (moment for moment in (last_passed(past, activation.name, SHARES), rest.as_of) if moment),
        default=None,
    )
    if config.segment is not None:
        known["segment"] = config.segment
        if since is not None:
            known |= _segment_facts(state.settings.warehouse, config.segment, since)
    samples = _samples(due_rows, activation)
    if not samples:
        return known
    problems: list[str] = []
    if config.guardrails.template:
        content = state.settings.project.content
        problems = template_problems(samples, activation.destination, content)
    duplicates = query_files(DUPLICATES, [str(due_rows)])[0][0]
    return {
        **known,
        "templates": len(samples),
        "template_problems": problems,
        "duplicate_addresses": duplicates,
    }


def _segment_facts(warehouse: Warehouse, segment: str, since: datetime) -> dict[str, int]:
    before, entered, exited = query(warehouse, SEGMENT, [segment, since])[0]
    return {"segment_before": before, "segment_entered": entered, "segment_exited": exited}


def _samples(due_rows: Path, activation: Activation) -> list[Message]:
    """A message of each variant that is due."""
    if count_items(due_rows) == 0:
        return []
    to_item = registry.entry(activation.destination).to_item
    with open_files() as files:
        rows = files.execute(VARIANTS, [str(due_rows)]).records()
    items = [to_item(row, activation.config) for row in rows]
    return [item for item in items if isinstance(item, Message)]


def _source_ages(state: RunState, activation: Activation) -> list[SourceAge]:
    """Of the sources that may be too old; where nothing limits them, nothing is read."""
    limit = activation.config.guardrails.stale_source_hours
    asked = [source for source in activation.sources if (source.limit_hours or limit) is not None]
    ages = [(source, age_hours(state, source)) for source in asked]
    return [
        SourceAge(source.table, hours, source.limit_hours)
        for source, hours in ages
        if hours is not None
    ]


def age_hours(state: RunState, source: Source) -> float | None:
    """Hours from the newest data to the run; None without any.

    A source that says no time is as new as its last landing; one row with a wrong clock, after the
    run, makes no source new.
    """
    as_of = state.as_of.replace(tzinfo=None)
    if source.loaded_at:  # the author's SQL, of the engine
        natives = {"native_time": source.loaded_at, "native_table": source.relation}
        newest = NEWEST if source.relation else NEWEST.replace("native_table", source.sql)
        found = query(state.settings.warehouse, newest, [as_of], natives)[0][0]
    else:
        found = query(state.settings.warehouse, LAST_LANDING, [source.table])[0][0]
    return None if found is None else max((as_of - found).total_seconds() / 3600, 0.0)
