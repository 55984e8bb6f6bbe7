"""Step 2 and the reports of step 5: the dbt models, built in this process, as assets with dbt's
tests as checks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg

from sluice.orchestration.asset_pages import checks
from sluice.orchestration.asset_pages.checks import run_checks
from sluice.orchestration.asset_pages.decided import describe_decided
from sluice.orchestration.assets.dbt_selection import (
    CASES,
    REPORTS,
    build_selected,
    nodes_of,
    specs_of,
    wanted_of,
)
from sluice.orchestration.assets.score_check import SCORES_HOLD, check_scores
from sluice.orchestration.assets.shown import shown_already
from sluice.orchestration.code_location.groups import describe, group_of
from sluice.orchestration.code_location.jobs import RUN_JOB
from sluice.orchestration.code_location.translator import Translator
from sluice.orchestration.dbt.missing_sources import missing_sources
from sluice.orchestration.dbt.results import NodeResult
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.fast.decided import forget_decided, note_decided
from sluice.orchestration.inspection.row_issues import describe_issues, describe_seeds
from sluice.orchestration.inspection.score_monitor import Measure, describe_scores, read_monitor
from sluice.orchestration.landing.identity import forget_landed, journal_identity
from sluice.orchestration.plan.sync_plans import bad_keys
from sluice.orchestration.recovery.histories import keep_histories
from sluice.orchestration.recovery.past import last_run
from sluice.orchestration.rights.returning import take_out
from sluice.orchestration.runs.notes import BuildNote, PastNote
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.state import RESOURCES, RunState, step
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

DECIDED = dg.AssetKey(["runs", "decided"])
REPORTED = dg.AssetKey(["runs", "reported"])
MARKS = {
    DECIDED: ("The decisions of a run", "本次运行的决策"),
    REPORTED: ("The reports of a run", "本次运行的报表"),
}
DAILY = {DECIDED: checks.DECIDED, REPORTED: checks.REPORTED}  # checks besides dbt's tests
# contact ids that were built are kept in the ledger
IDENTITY = {dg.AssetKey(["identity", name]) for name in ("identity_map", "identity_changes")}
COUNTED = (
    ("identity", "int_contact_records"),
    ("contacts", "dim_contacts"),
    ("contacts", "contact_events"),
    ("segments", "segment_members"),
)
STOPPED = "it, or what it depends on, failed: nothing of it is planned in this run"


def build_decide_assets(
    dbt: Dbt, manifest: Mapping[str, Any], days: dg.PartitionsDefinition
) -> list[dg.AssetsDefinition]:
    """The decisions as one multi-asset, the reports as another: they read what the push left
    behind.
    """
    return [
        _dbt_step(dbt, manifest, days, name="decide", exclude=REPORTS, mark=DECIDED),
        _dbt_step(dbt, manifest, days, name="reports", select=REPORTS, mark=REPORTED),
    ]


def _dbt_step(
    dbt: Dbt,
    manifest: Mapping[str, Any],
    days: dg.PartitionsDefinition,
    *,
    name: str,
    select: str = "fqn:*",
    exclude: str = "",
    mark: dg.AssetKey,
) -> dg.AssetsDefinition:
    specs, check_specs = specs_of(manifest, name, select, exclude)
    is_decide = mark == DECIDED
    mark_spec = dg.AssetSpec(
        mark,
        group_name=group_of("runs"),
        metadata=describe("runs", *MARKS[mark]),
        description=f"{MARKS[mark][0]}: how many models were built, and which failed.",
    )

    nodes = nodes_of(manifest, specs)
    daily = [one for one in DAILY[mark] if dg.AssetKey(list(one.asset)) in nodes]

    @dg.multi_asset(
        name=name,
        # a node that was skipped, below one that failed, has no result
        specs=[spec._replace(skippable=True) for spec in [*specs, mark_spec]],
        check_specs=[
            *check_specs,
            *(one.spec for one in daily),
            *([SCORES_HOLD] if SCORES_HOLD.asset_key in nodes else []),  # reports may be off
        ],
        can_subset=True,
        partitions_def=days,
        required_resource_keys=RESOURCES,
    )
    def build(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with step(context) as state:
            # a run of the past works in a copy of the home: dbt must build there, and nowhere else
            here = dbt if dbt.settings.home == state.settings.home else Dbt(state.settings)
            chosen = context.selected_asset_keys
            is_whole = {*nodes, mark} <= chosen
            wanted = wanted_of(nodes, chosen, select if is_whole else "")
            excluded = [CASES, exclude] if exclude and is_whole else [CASES]
            here.last_run = last_run(state.settings.warehouse, state.ledger)
            forget_decided(state.settings.warehouse, is_decide)
            results, stopped = build_selected(here, manifest, state.as_of, wanted, excluded)
            failures = [result for result in results if not result.is_success]
            refused = (
                bad_keys(state.settings.warehouse)
                if is_decide and "int_sync_checks" not in stopped
                else []
            )
            failed = _words(here, manifest, state.settings.warehouse, failures) + refused
            state.notes.keep(BuildNote(failures=failed, stopped=stopped), name)
            if is_decide:
                _keep(state, is_whole or bool(chosen & IDENTITY))
                _keep_histories(context, state, here)
                note_decided(state.settings.warehouse, here.code(), manifest, stopped, is_whole)
            tell(name, _summary(results))
            with state.settings.warehouse.kept_open():
                rows = _row_counts(state)
                people = [_people(state.settings.warehouse, rows)] if is_decide and is_whole else []
                measures = [] if is_decide else read_monitor(state.settings.warehouse)
                issues = _issues(state.settings.warehouse, is_decide, measures)
                for words in [*people, *issues]:
                    tell(name, words)
                pages = describe_decided(state.settings, manifest, state.as_of) if is_decide else {}
            asked = {(one.asset_key, one.name) for one in context.selected_asset_check_keys}
            shown = shown_already(context, manifest, results, pages) if is_whole else set()
            for event in _events(manifest, results, rows, pages):
                if _is_asked(event, chosen - shown, asked):
                    yield event
            of_dbt = [one for one in check_specs if (one.asset_key, one.name) in asked]
            yield from _unrun_checks(of_dbt, manifest, results)
            yield from run_checks(state.settings, daily, asked, state.as_of)
            yield from _monitored(measures, asked)
            if mark not in chosen:
                return
            yield dg.MaterializeResult(
                asset_key=mark,
                metadata={
                    "nodes": len(results),
                    "failed": len(failures),
                    "stopped": ", ".join(stopped) or "none",
                },
            )

    return build


def _issues(warehouse: Warehouse, is_decide: bool, measures: Sequence[Measure]) -> list[str]:
    """What somebody should look at, a sentence each."""
    if is_decide:
        return describe_issues(warehouse)
    return [*describe_seeds(warehouse), *describe_scores(measures)]


def _monitored(
    measures: Sequence[Measure], asked: Set[tuple[dg.AssetKey, str]]
) -> Iterator[dg.AssetCheckResult]:
    if (SCORES_HOLD.asset_key, SCORES_HOLD.name) in asked:
        yield check_scores(measures)


def _keep(state: RunState, is_identity_built: bool) -> None:
    """Take out who was erased and came back; then keep what cannot be derived again."""
    if count := take_out(state.settings, state.ledger):
        tell("decide", f"{count} contacts who were erased came back, and were taken out again")
    _journal(state, is_identity_built)


def _journal(state: RunState, is_identity_built: bool) -> None:
    """Keep what cannot be derived again. A run of the past changes no contact's id: the next one
    starts from the journal.
    """
    if state.notes.find(PastNote).is_past:
        forget_landed(state.settings.warehouse)
    elif is_identity_built:
        journal_identity(state.settings.warehouse, state.ledger)


def _keep_histories(context: dg.AssetExecutionContext, state: RunState, dbt: Dbt) -> None:
    is_run = context.job_name == RUN_JOB
    keep_histories(state.settings, state.as_of, dbt.last_run, is_run=is_run)


def _events(
    manifest: Mapping[str, Any],
    results: list[NodeResult],
    rows: Mapping[tuple[str, str], int],
    pages: Mapping[str, Mapping[str, Any]],
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """A materialization for each built model or seed, a check result for each test that ran.
    ``pages``: what is shown besides of a segment, journey, campaign or sync.

    A campaign, sync, journey or outbox that was stopped is reported as such: were it left out,
    Dagster would skip the receipts and the reports too.
    """
    translator = Translator()
    for result in _in_order(manifest, results):
        node = manifest["nodes"].get(result.unique_id)
        if node is None:
            continue
        if (
            node["resource_type"] == "model"
            and node["fqn"][1] in {"activation", "journeys"}
            and not result.is_success
        ):
            yield dg.MaterializeResult(
                asset_key=translator.get_asset_key(node), metadata={"stopped": STOPPED}
            )
        elif result.status == "skipped":
            continue
        elif node["resource_type"] == "test" and node.get("attached_node"):
            yield _check(manifest, node, result, translator)
        elif result.is_success and node["resource_type"] in {"model", "seed"}:
            page = pages.get(result.unique_id, {})
            metadata = {**page, "seconds": round(result.seconds, 3)}
            metadata |= {"unchanged": True} if result.is_unchanged else {}
            count = rows.get((node["schema"], node["alias"]))
            yield dg.MaterializeResult(
                asset_key=translator.get_asset_key(node),
                metadata=metadata if count is None else {**metadata, "dagster/row_count": count},
            )


def _is_asked(
    event: dg.MaterializeResult | dg.AssetCheckResult,
    assets: Set[dg.AssetKey],
    checks: Set[tuple[dg.AssetKey, str]],
) -> bool:
    if isinstance(event, dg.MaterializeResult):
        return event.asset_key in assets
    return (event.asset_key, event.check_name) in checks


def _in_order(manifest: Mapping[str, Any], results: list[NodeResult]) -> list[NodeResult]:
    """What a model is made of before the model: Dagster asks for it, and a build without some
    leaves knows nothing of their order.
    """
    by_id = {result.unique_id: result for result in results}
    parents = manifest["parent_map"]
    graph = {key: [one for one in parents.get(key, ()) if one in by_id] for key in by_id}
    return [by_id[key] for key in TopologicalSorter(graph).static_order()]


def _unrun_checks(
    specs: Iterable[dg.AssetCheckSpec], manifest: Mapping[str, Any], results: list[NodeResult]
) -> Iterator[dg.AssetCheckResult]:
    """A check that could not run did not pass."""
    ran = {
        manifest["nodes"][r.unique_id]["name"]
        for r in results
        if r.status != "skipped" and r.unique_id in manifest["nodes"]
    }
    for spec in specs:
        if spec.name not in ran:
            yield dg.AssetCheckResult(
                asset_key=spec.asset_key,
                check_name=spec.name,
                passed=False,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"message": "not run: what it looks at was not built"},
            )


def _check(
    manifest: Mapping[str, Any], node: Mapping[str, Any], result: NodeResult, translator: Translator
) -> dg.AssetCheckResult:
    attached = manifest["nodes"][node["attached_node"]]
    return dg.AssetCheckResult(
        asset_key=translator.get_asset_key(attached),
        check_name=node["name"],
        passed=result.is_success,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"seconds": result.seconds, "message": _words_of_check(result)},
    )


def _words_of_check(result: NodeResult) -> str:
    if result.is_unchanged:
        return "passed before, and what it looks at is unchanged"
    return result.message or "passed"


def _words(
    dbt: Dbt, manifest: Mapping[str, Any], warehouse: Warehouse, failures: list[NodeResult]
) -> list[str]:
    """What failed, in dbt's words, after what the linter says of the files by line, and the source
    tables that are not there. Nothing when nothing failed.
    """
    from sluice.orchestration.authoring.lint import lint_static

    if not dbt.unreadable and not failures:
        return []
    findings = [
        f"{one.file}:{one.line} {one.rule}: {one.message} -> {one.fix}"
        for one in lint_static(dbt.source)
    ]
    unreadable = [f"{name}: {message}" for name, message in dbt.unreadable.items()]
    missing = missing_sources(manifest, warehouse)
    return (
        findings
        + missing
        + unreadable
        + [f"{r.unique_id}: {r.message}" for r in failures if r.status != "skipped"]
    )


def _row_counts(state: RunState) -> dict[tuple[str, str], int]:
    with open_warehouse(state.settings.warehouse) as session:
        return session.row_counts()


def _people(warehouse: Warehouse, rows: Mapping[tuple[str, str], int]) -> str:
    """From records to segments, in one line."""
    records, contacts, events, members = (
        rows.get((warehouse.name_of(schema), name), 0) for schema, name in COUNTED
    )
    return (
        f"{records:,} records became {contacts:,} contacts with {events:,} events; {members:,}"
        " segment memberships"
    )


def _summary(results: list[NodeResult]) -> str:
    models = [r for r in results if not r.unique_id.startswith("test.")]
    failed = [r for r in results if not r.is_success and r.status != "skipped"]
    left = sum(one.is_unchanged for one in models)
    as_they_were = f" ({left} of them unchanged)" if left else ""
    text = f"{len(models)} models and seeds built{as_they_were}, {len(results) - len(models)} tests"
    return text + (
        f"; FAILED: {', '.join(r.unique_id.split('.')[2] for r in failed)}" if failed else ""
    )
