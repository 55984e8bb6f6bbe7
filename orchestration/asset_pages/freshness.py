"""Whether each table that came in is as new as ``freshness`` of its yml asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

import dagster as dg

from sluice.models.errors import ConfigurationError
from sluice.orchestration.code_location.translator import Translator
from sluice.orchestration.landing.tables import is_existing
from sluice.orchestration.plan.activation_registry import Source, source_of
from sluice.orchestration.plan.guardrail_figures import age_hours
from sluice.orchestration.runs.state import RunState
from sluice.orchestration.warehouse.base import WarehouseError

FRESH = "fresh"
FIX = "ask for a newer file, or see why it was not written: `sluice doctor`"
Limited = dict[dg.AssetKey, Source]


def limited_sources(manifest: Mapping[str, Any]) -> Limited:
    """The tables that are landed and may only be so old; one whose yml is wrong is left out, and
    its campaigns say so.
    """
    found = {}
    for source in manifest["sources"].values():
        if is_existing(source, manifest):  # another's table is no asset of the landing
            continue
        try:
            read = source_of(source, manifest)
        except ConfigurationError:
            continue
        if read.limit_hours is not None:
            found[Translator().get_asset_key(source)] = read
    return found


def specs(limited: Limited) -> list[dg.AssetCheckSpec]:
    """As Dagster declares them."""
    return [
        dg.AssetCheckSpec(
            FRESH,
            asset=key,
            description=f"No older than {source.limit_hours:g} hours. 数据按时更新",
        )
        for key, source in limited.items()
    ]


def run_fresh(
    state: RunState, limited: Limited, asked: Set[tuple[dg.AssetKey, str]]
) -> Iterator[dg.AssetCheckResult]:
    """A warning for each that is too old: its guardrails stop what must not be sent then."""
    with state.settings.warehouse.kept_open():
        results = [
            _result(key, source, _hours(state, source))
            for key, source in limited.items()
            if (key, FRESH) in asked
        ]
    yield from results


def _hours(state: RunState, source: Source) -> float | None:
    try:
        return age_hours(state, source)
    except WarehouseError:  # its own SQL for the time of a row cannot be read
        return None


def _result(key: dg.AssetKey, source: Source, hours: float | None) -> dg.AssetCheckResult:
    limit = source.limit_hours or 0.0
    is_fresh = hours is not None and hours <= limit
    age = {"hours": round(hours, 1)} if hours is not None else {"message": "no data yet"}
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=FRESH,
        passed=is_fresh,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**age, "limit_hours": limit, **({} if is_fresh else {"next_step": FIX})},
    )
