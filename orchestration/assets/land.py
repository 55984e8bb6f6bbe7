"""Step 1: the raw files and the ledger become raw tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from sluice.orchestration.asset_pages import freshness
from sluice.orchestration.code_location.groups import describe_group
from sluice.orchestration.code_location.translator import Translator
from sluice.orchestration.dbt.source_holds import waiting_models
from sluice.orchestration.fast.decided import forget_decided
from sluice.orchestration.landing.deals import SCHEMA as DEALS
from sluice.orchestration.landing.deals import read_deals
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.inbox import SCHEMA as INBOX
from sluice.orchestration.landing.inbox import land_inbox
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.landing.report import LandReport
from sluice.orchestration.landing.tables import RawTable, is_existing, raw_tables
from sluice.orchestration.push.polling import collect_receipts
from sluice.orchestration.recovery.past import is_replay
from sluice.orchestration.rights.keeping import apply as apply_retention
from sluice.orchestration.rights.keeping import rules_of
from sluice.orchestration.rights.returning import leave_out
from sluice.orchestration.rights.secret import erased_keys
from sluice.orchestration.runs.notes import LandNote
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.state import RESOURCES, RunState, step

OF_THE_LANDING = {"landing", "quarantine"}  # tables that it keeps of itself


def build_land_asset(
    manifest: Mapping[str, Any], days: dg.PartitionsDefinition, destinations: Sequence[str]
) -> dg.AssetsDefinition:
    """One multi-asset that lands every source table that is on, and the ledger before the
    decisions.
    """
    tables = raw_tables(dict(manifest))
    # every table that is declared: Dagster skips all that follows a key without a result
    ledger_keys = [
        Translator().get_asset_key(one)
        for one in manifest["sources"].values()
        if one["source_name"] == "ledger"
    ]
    load_keys = [
        Translator().get_asset_key(one)
        for one in manifest["sources"].values()
        if one["source_name"] in OF_THE_LANDING
    ]
    inbox_keys = [
        Translator().get_asset_key(one)
        for one in manifest["sources"].values()
        if one["source_name"] == INBOX
    ]
    deal_keys = [
        Translator().get_asset_key(one)
        for one in manifest["sources"].values()
        if one["source_name"] == DEALS
    ]

    limited = freshness.limited_sources(manifest)

    @dg.multi_asset(
        name="land",
        specs=[
            _spec(source, manifest)
            for source in manifest["sources"].values()
            if source["source_name"] != "receipts" and not is_existing(source, manifest)
        ],
        check_specs=freshness.specs(limited),
        can_subset=True,
        partitions_def=days,
        required_resource_keys=RESOURCES,
    )
    def land(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with step(context) as state:
            settings = state.settings
            rules = rules_of(settings, manifest)  # refused before anything is done
            unknown = state.ledger.recover(datetime.now(UTC))
            if not is_replay(settings.home):  # a copy takes nothing out of a mailbox
                collect_receipts(settings, state.ledger, destinations)
            state.ledger.match_early(datetime.now(UTC))
            if unknown:
                tell("land", f"{unknown} deliveries of a run that ended half-way are now unknown")
            forget_decided(settings.warehouse)  # what lands now is not decided about yet
            landed_at = datetime.now(UTC)
            erased = erased_keys(settings, state.ledger)
            wanted = context.selected_asset_keys
            report = land_files(
                settings.warehouse,
                settings.raw,
                [table for table in tables if _key(table) in wanted],
                run_id=state.run.run_id,
                landed_at=landed_at,
                allow_empty=settings.allow_empty,
                erased=erased,
            )
            _note(state, manifest, report)
            received = land_inbox(settings, state.ledger, erased) if wanted & set(inbox_keys) else 0
            too_old = apply_retention(settings, state.ledger, rules, state.as_of)
            if too_old:
                tell(
                    "land",
                    f"{sum(too_old.values()):,} rows were older than retention.tables allows",
                )
            left_out = leave_out(settings, erased)
            if left_out:
                tell(
                    "land",
                    f"{left_out} records of people who were erased are left out where they are",
                )
            receipts = _land_ledger(state) if wanted & set(ledger_keys) else 0
            deals = read_deals(settings, landed_at) if wanted & set(deal_keys) else {}
            found = {
                _key(table): report.metadata(table.name)
                for table in tables
                if _key(table) in wanted
            }
            found |= {
                key: {f"new_versions_{crm}": count for crm, count in deals.items()}
                for key in deal_keys
            }
            found |= {key: {"new_events": received} for key in inbox_keys}
            found |= {key: {"new_receipts": receipts} for key in ledger_keys} | {
                key: {} for key in load_keys
            }
            yield from (
                dg.MaterializeResult(asset_key=key, metadata=found[key])
                for key in found
                if key in wanted
            )
            asked = {(one.asset_key, one.name) for one in context.selected_asset_check_keys}
            yield from freshness.run_fresh(state, limited, asked)

    return land


def existing_tables(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """The sources that are tables of the warehouse already: shown, and read where they are."""
    return [
        _spec(one, manifest) for one in manifest["sources"].values() if is_existing(one, manifest)
    ]


def _note(state: RunState, manifest: Mapping[str, Any], report: LandReport) -> None:
    """Say what was landed, and keep what was not for the steps that follow."""
    tell("land", report.summary())
    for line in [*report.changes, *(failure.words() for failure in report.failures)]:
        tell("land", line)
    required = [failure for failure in report.failures if failure.is_required]
    stopped = waiting_models(manifest, [failure.source for failure in required]) if required else []
    state.notes.keep(
        LandNote(
            quarantined=report.quarantined,
            quarantine_reasons={
                table.name: dict(table.reasons) for table in report.tables if table.quarantined
            },
            not_landed={failure.source: failure.words() for failure in report.failures},
            failures=[failure.words() for failure in required],
            stopped=stopped,
        )
    )


def _key(table: RawTable) -> dg.AssetKey:
    return dg.AssetKey([table.source, table.name])


def _land_ledger(state: RunState) -> int:
    """A replay sends nothing, and shows what was approved on its day."""
    now = None if is_replay(state.settings.home) else datetime.now(UTC)
    return land_ledger(state.settings.warehouse, state.ledger, now)


def _spec(source: Mapping[str, Any], manifest: Mapping[str, Any]) -> dg.AssetSpec:
    translator = Translator()
    return dg.AssetSpec(
        key=translator.get_asset_key(source),
        description=source["description"],
        group_name=translator.get_group_name(source),
        metadata=describe_group(translator.get_story(source)),
        kinds={manifest["metadata"]["adapter_type"]},
        skippable=True,
    )
