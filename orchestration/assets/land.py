"""Step 1: the raw files and the ledger become raw tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from activations.ledger.receiving import match_early
from orchestration.collecting import collect_receipts
from orchestration.landing.deals import SCHEMA as DEALS
from orchestration.landing.deals import read_deals
from orchestration.landing.files import land_files
from orchestration.landing.ledger import land_ledger
from orchestration.landing.tables import raw_tables
from orchestration.progress import tell
from orchestration.run_state import step
from orchestration.translator import Translator


def build_land_asset(manifest: Mapping[str, Any], destinations: Sequence[str]) -> dg.AssetsDefinition:
    """One multi-asset that lands every source table that is on, and the ledger before the decisions."""
    tables = raw_tables(dict(manifest))
    # every table that is declared: Dagster skips all that follows a key without a result
    ledger_keys = [Translator().get_asset_key(one) for one in manifest["sources"].values() if one["source_name"] == "ledger"]
    load_keys = [Translator().get_asset_key(one) for one in manifest["sources"].values() if one["source_name"] == "landing"]
    deal_keys = [Translator().get_asset_key(one) for one in manifest["sources"].values() if one["source_name"] == DEALS]

    @dg.multi_asset(
        name="land",
        specs=[_spec(source) for source in manifest["sources"].values() if source["source_name"] != "receipts"],
        can_subset=True,
    )
    def land(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with step(context) as state:
            settings = state.settings
            unknown = state.ledger.recover(datetime.now(UTC))
            collect_receipts(settings, state.ledger, destinations)
            match_early(state.ledger.engine, datetime.now(UTC))
            if unknown:
                tell("land", f"{unknown} deliveries of a run that ended half-way are now unknown")
            landed_at = datetime.now(UTC)
            report = land_files(
                settings.warehouse,
                settings.raw,
                tables,
                run_id=state.run.run_id,
                landed_at=landed_at,
                allow_empty=settings.allow_empty,
            )
            state.note("quarantined", report.quarantined)
            receipts = land_ledger(settings.warehouse, state.ledger)
            tell("land", report.summary())
            deals = read_deals(settings, landed_at) if deal_keys else {}
            for key in deal_keys:
                yield dg.MaterializeResult(asset_key=key, metadata={f"new_versions_{crm}": count for crm, count in deals.items()})
            for table in tables:
                yield dg.MaterializeResult(asset_key=[table.source, table.name], metadata=report.metadata(table.name))
            for key in load_keys:
                yield dg.MaterializeResult(asset_key=key)
            for key in ledger_keys:
                yield dg.MaterializeResult(asset_key=key, metadata={"new_receipts": receipts})

    return land


def _spec(source: Mapping[str, Any]) -> dg.AssetSpec:
    translator = Translator()
    return dg.AssetSpec(
        key=translator.get_asset_key(source),
        description=source["description"],
        group_name=translator.get_group_name(source),
        kinds={"duckdb"},
        skippable=True,
    )
