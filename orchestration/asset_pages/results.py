"""What came of segments, journeys, campaigns and syncs, as the marts of the reports have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sluice.orchestration.asset_pages.charts import bars
from sluice.orchestration.asset_pages.messages import by_reason
from sluice.orchestration.asset_pages.tables import Metadata, given, table
from sluice.orchestration.authoring.segments.catalog import segment_nodes
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.journeys.reading import read_journeys
from sluice.orchestration.plan.activation_registry import find_activations
from sluice.orchestration.report.values import word
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.warehouse.base import Session, WarehouseError
from sluice.orchestration.warehouse.reader import open_warehouse

COUNTED = (
    "planned", "held_back", "sent", "delivered", "bounced", "opened", "clicked", "replied",
    "converted", "unsubscribed", "complained",
)  # fmt: skip
FUNNEL = ("sent", "delivered", "opened", "clicked", "converted")
MESSAGES = f"""
select
    campaign, journey, journey_version as version,
    {", ".join(f"cast(sum({one}_count) as bigint) as {one}" for one in COUNTED)}
from reports.rpt_message_funnel
group by campaign, journey, journey_version
"""
REVENUE = """
select campaign, currency, sum(revenue) as revenue
from reports.rpt_message_funnel
where revenue is not null
group by campaign, currency
order by campaign, currency
"""
HELD_BACK = """
select campaign, decision, reason, cast(sum(message_count) as bigint) as messages
from reports.rpt_held_back
group by campaign, decision, reason
"""
NODES = "select * from reports.rpt_journey_nodes order by journey, version, node"
SEGMENTS = "select * from reports.rpt_segment_sizes"
SYNCS = """
select activation, operation, outcome, reason, cast(sum(item_count) as bigint) as items
from reports.rpt_activation_results
where kind = 'sync'
group by activation, operation, outcome, reason
order by activation, items desc, operation, outcome, reason
"""
Row = Mapping[str, Any]
Pages = Mapping[str, Metadata]  # by the name of the dbt model


def describe_results(settings: Settings, manifest: Mapping[str, Any]) -> Pages:
    """{model: its results}. A mart that is not there leaves out what it has: no run fails for what
    is shown of it.
    """
    parts: list[Callable[[Session, Mapping[str, Any]], Pages]] = [_segments, _messages, _syncs]
    found: dict[str, dict[str, Any]] = {}
    with open_warehouse(settings.warehouse) as session:
        for part in parts:
            try:
                pages = part(session, manifest)
            except WarehouseError as error:  # its text may name values
                tell("report", f"Dagster's pages are not complete: {type(error).__name__}")
                continue
            for model, page in pages.items():
                found.setdefault(model, {}).update(page)
    return found


def _segments(session: Session, manifest: Mapping[str, Any]) -> Pages:
    sizes = {row.pop("segment"): row for row in session.execute(SEGMENTS).records()}
    return {
        str(node["name"]): {
            "size" if name == "contact_count" else name.removesuffix("_count"): value
            for name, value in sizes[segment].items()
            if isinstance(value, int)
        }
        for segment, node in segment_nodes(manifest).items()
        if segment in sizes
    }


def _messages(session: Session, manifest: Mapping[str, Any]) -> Pages:
    """Of campaigns, and of journeys over their messages."""
    activations = find_activations(manifest, [])
    models = {one.name: one.model for one in activations if one.kind == "message"}

    def by_model(sql: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in session.execute(sql).records():
            found.setdefault(models.get(row["campaign"], ""), []).append(row)
        return found

    sums, held, revenue = by_model(MESSAGES), by_model(HELD_BACK), by_model(REVENUE)
    nodes = _nodes(session, manifest)
    return {
        model: {
            **_sent(sums.get(model, ()), revenue.get(model, ())),
            **given(
                held_back_by_reason=by_reason(held.get(model, ()), "messages"),
                people_at_nodes=nodes.get(model),
            ),
        }
        for model in {*models.values(), *nodes}
    }


def _sent(rows: Iterable[Row], revenue: Iterable[Row]) -> Metadata:
    """Sums; a figure that is known of no message is left out, and is no zero."""
    rows = list(rows)
    known = {
        one: [row[one] for row in rows if row[one] is not None]
        for one in COUNTED
    }  # fmt: skip
    sums = {one: sum(values) for one, values in known.items() if values}
    money: dict[str, float] = {}
    for row in revenue:
        money[str(row["currency"])] = money.get(str(row["currency"]), 0.0) + float(row["revenue"])
    amounts = {f"revenue_{currency}": round(amount, 2) for currency, amount in money.items()}
    results = bars([(one, float(sums[one])) for one in FUNNEL if one in sums])
    return {**given(results=results), **sums, **amounts}


def _nodes(session: Session, manifest: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[tuple[str, int], list[Row]] = {}
    for row in session.execute(NODES).records():
        found.setdefault((str(row.pop("journey")), int(row.pop("version"))), []).append(row)
    return {
        version.model: table(found[key])
        for journey in read_journeys(manifest)
        for version in journey.versions
        if (key := (journey.name, version.number)) in found
    }


def _syncs(session: Session, manifest: Mapping[str, Any]) -> Pages:
    found: dict[str, list[Row]] = {}
    for row in session.execute(SYNCS).records():
        found.setdefault(str(row["activation"]), []).append(row)
    return {
        one.model: _outcomes(found[one.name])
        for one in find_activations(manifest, [])
        if one.kind == "sync" and one.name in found
    }


def _outcomes(rows: Sequence[Row]) -> Metadata:
    totals: dict[str, int] = {}
    for row in rows:
        totals[str(row["outcome"])] = totals.get(str(row["outcome"]), 0) + int(row["items"])
    shown = [
        {
            "operation": row["operation"],
            "outcome": row["outcome"],
            "outcome_zh": word(str(row["outcome"]), "zh"),
            "reason": row["reason"],
            "rows": row["items"],
        }
        for row in rows
    ]
    return {
        **totals,
        **given(
            results=bars([(name, float(count)) for name, count in totals.items()]),
            outcomes=table(shown),
        ),
    }
