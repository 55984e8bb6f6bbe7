"""The models that a journey needs, as dbt compiles them, to be run day after day in one DuckDB
session.

dbt builds the first day. What it then compiles is the SQL of any later day but for its logical
time, so each day is that SQL with its own time. A day of dbt is several seconds of work around the
queries; the queries are what is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from graphlib import TopologicalSorter
from typing import Any

from sluice.models.errors import ConfigurationError, SluiceError
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.backtest_needed import needed_models
from sluice.orchestration.journeys.backtest_trial import Trial
from sluice.orchestration.warehouse.base import Session, WarehouseError

TARGETS = (
    "journey_transitions",
    "journey_positions",  # the figures count it; no message may read it
    "journey_actions",  # read by later days without an edge of the graph
    "int_coupons_given",
    "int_owner_assignments",
    "int_journey_decisions",
    "segment_changes",
    "segment_holdouts",
)
# stand for the logical time in the compiled SQL
MARK, OTHER_MARK = datetime(2977, 11, 13, 1, 1, 1), datetime(2978, 12, 14, 2, 2, 2)
CHANGING = ("ledger.receipts", "ledger.message_events")  # the tables that a day adds rows to
FIXED = "identity"  # folder of the models that stay as the first day made them, of all records
APPENDS, REPLACES = "append", "delete+insert"
COMPONENTS = "connected_components"  # whose rounds are dbt's: here one recursive query
KINDS = ("view", "table", COMPONENTS)
GROUPS = """create or replace table {relation} as
with recursive edges as ({sql}),
ways as (
    select node_a as node_id, node_b as other_id from edges where node_a <> node_b
    union
    select node_b, node_a from edges where node_a <> node_b
),
grown(node_id, component_id) using key (node_id) as (
    select node_id, min(least(node_id, other_id)) from ways group by node_id
    union
    select w.node_id, min(g.component_id)
    from grown as g
    inner join ways as w on g.node_id = w.other_id
    inner join recurring.grown as k on w.node_id = k.node_id
    where g.component_id < k.component_id
    group by w.node_id
)
select node_id, component_id from grown"""


class TrialDbt(Dbt):
    """The project with one journey that takes contacts in from a day on, and without the other
    journeys and campaigns.
    """

    def __init__(self, settings: Settings, trial: Trial, starts_on: date) -> None:
        super().__init__(settings)
        self.model, self.has_audience = trial.model, trial.config.trigger.segment is not None
        self._left_out = trial.others()
        self._trial = {"model": trial.model, "starts_on": starts_on.isoformat()}

    def _vars(self, as_of: datetime | None = None, broken: Sequence[str] = ()) -> dict[str, Any]:
        return {**super()._vars(as_of, [*broken, *self._left_out]), "backtest": self._trial}


@dataclass(frozen=True)
class Step:
    """A model of a day: where its rows are kept, how they get there, and its SQL with MARK for the
    time.
    """

    name: str
    relation: str
    materialized: str
    key: str
    sql: str

    def statements(self, moment: datetime) -> Iterator[str]:
        """What a build at a logical time runs."""
        sql = at(self.sql, moment)
        if self.materialized == "view":
            yield f"create or replace view {self.relation} as {sql}"
        elif self.materialized == "table":
            yield f"create or replace table {self.relation} as {sql}"
        elif self.materialized == COMPONENTS:
            yield GROUPS.format(relation=self.relation, sql=sql)
        else:
            yield f"create or replace temp table new_rows as {sql}"
            if self.key:
                yield (
                    f"delete from {self.relation} where {self.key} in (select {self.key} from"
                    " new_rows)"
                )
            yield f"insert into {self.relation} by name select * from new_rows"


def at(sql: str, moment: datetime, mark: datetime = MARK) -> str:
    """The SQL with a logical time in place of the mark."""
    sql = sql.replace(f"{mark:%Y-%m-%d %H:%M:%S}", f"{moment:%Y-%m-%d %H:%M:%S}")
    return sql.replace(f"{mark:%Y-%m-%d}", f"{moment:%Y-%m-%d}")


def build_first_day(dbt: TrialDbt, moment: datetime) -> None:
    """Build what the journey needs with dbt. Raises ConfigurationError naming what failed."""
    select = [f"+{name}" for name in TARGETS if _exists(dbt, name)]
    results = dbt.build(
        moment, select=select, exclude=["resource_type:test", f"fqn:sluice.{FIXED}"]
    )
    failed = [result for result in results if not result.is_success and result.status != "skipped"]
    if failed:
        names = ", ".join(result.unique_id.rpartition(".")[2] for result in failed)
        raise cannot_rebuild(moment, names, failed[0].message)


def steps_of_a_day(dbt: TrialDbt) -> list[Step]:
    """What each later day runs, in order: the models whose rows depend on the time, or on what the
    day before sent. Raises ConfigurationError for one that only dbt can build.
    """
    manifest = dbt.manifest
    select = [f"+{name}" for name in TARGETS if _exists(dbt, name)]
    select = [f"{one},resource_type:model" for one in select]
    sql, other = dbt.compile(MARK, select), dbt.compile(OTHER_MARK, select)
    nodes = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["name"] in sql
    }
    order = TopologicalSorter({key: manifest["parent_map"][key] for key in nodes}).static_order()
    needed = needed_models(manifest, (*TARGETS, dbt.model), dbt.has_audience)
    changing, steps = _changing_sources(manifest), []
    for key in (one for one in order if one in nodes and one in needed):
        node, text = nodes[key], sql[nodes[key]["name"]] or ""
        is_fixed = node["package_name"] == "sluice" and node["fqn"][1] == FIXED
        has_mark = f"{MARK:%Y-%m-%d}" in text or text != (other[node["name"]] or "")
        if is_fixed or not (has_mark or changing.intersection(manifest["parent_map"][key])):
            continue
        changing.add(key)
        if (step := _step(node, text, other[node["name"]] or "", has_mark)) is not None:
            steps.append(step)
    return steps


def run_day(session: Session, steps: Sequence[Step], moment: datetime) -> None:
    """Run the models of a day. Raises ConfigurationError naming the one that failed."""
    for step in steps:
        try:
            for statement in step.statements(moment):
                session.native(statement)
        except WarehouseError as error:
            raise cannot_rebuild(moment, step.name, type(error).__name__) from error


def cannot_rebuild(moment: datetime, names: str, why: str) -> SluiceError:
    """The error for a day that cannot be decided again."""
    return ConfigurationError(
        f"the decisions of {moment:%Y-%m-%d %H:%M} UTC cannot be made again: {names} failed"
        f" ({why})",
        f"see what `sluice run --as-of {moment:%Y-%m-%dT%H:%M}Z` says, and correct the model",
    )


def _step(node: Mapping[str, Any], sql: str, other: str, has_mark: bool) -> Step | None:
    kind, strategy = _kind(node)
    if kind == "ephemeral" or (kind == "view" and not has_mark):
        return None
    if not can_be_made_again(node) or at(sql, OTHER_MARK) != other:
        raise ConfigurationError(
            f"the model {node['name']} cannot be made again for each day of the past: it is"
            f" {kind}, and depends on the time of the run",
            "make it a view or a table in SQL that takes the time from {{ sluice.as_of() }}",
        )
    key = node["config"].get("unique_key") or ""
    return Step(node["name"], _relation(node), kind, key if strategy == REPLACES else "", sql)


def can_be_made_again(node: Mapping[str, Any]) -> bool:
    """Whether a day of a back-test knows how to make a model that depends on the time."""
    kind, strategy = _kind(node)
    is_known = kind in KINDS or (kind == "incremental" and strategy in (APPENDS, REPLACES))
    return is_known and node.get("language") == "sql"


def _kind(node: Mapping[str, Any]) -> tuple[str, str]:
    """How a model is materialized, and by which strategy where its rows are added."""
    config = node["config"]
    return config["materialized"], config.get("incremental_strategy") or APPENDS


def _relation(node: Mapping[str, Any]) -> str:
    return f'"{node["database"]}"."{node["schema"]}"."{node["alias"]}"'


def _changing_sources(manifest: Mapping[str, Any]) -> set[str]:
    return {
        key
        for key, source in manifest["sources"].items()
        if f"{source['source_name']}.{source['name']}" in CHANGING
    }


def _exists(dbt: TrialDbt, name: str) -> bool:
    return any(node["name"] == name for node in dbt.manifest["nodes"].values())
