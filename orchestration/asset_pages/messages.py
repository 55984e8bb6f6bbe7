"""What a run decided of the messages of each campaign and journey, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sluice.orchestration.asset_pages.charts import bars
from sluice.orchestration.asset_pages.people import CAMPAIGNS, JOURNEYS, samples
from sluice.orchestration.asset_pages.tables import Metadata, given, table
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.report.values import word
from sluice.orchestration.warehouse.base import Session

DECISIONS = """
select campaign, decision, reason, count(*) as messages
from activation.message_decisions
group by campaign, decision, reason
order by messages desc, decision, reason
"""
Row = Mapping[str, Any]


@dataclass
class Decided:
    """Of one model: the decisions on its messages, and some of them."""

    rows: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)


def describe_messages(session: Session, activations: Iterable[Activation]) -> dict[str, Metadata]:
    """{model: what was decided of its messages}: of a campaign, and of all messages of a journey's
    version.
    """
    models = {one.name: one.model for one in activations if one.kind == "message"}
    found = {model: Decided() for model in models.values()}
    for row in session.execute(DECISIONS).records():
        if row["campaign"] in models:
            found[models[row["campaign"]]].rows.append(row)
    for name, people in samples(session, CAMPAIGNS).items():
        if name in models:
            found[models[name]].people += people
    return {model: _page(one) for model, one in found.items()}


def journey_samples(session: Session) -> dict[tuple[str, int], Any]:
    """{(journey, version): some who are in it}."""
    found: dict[tuple[str, int], list[Row]] = {}
    for name, people in samples(session, JOURNEYS).items():
        for row in people:
            found.setdefault((name, int(row["version"])), []).append(row)
    return {key: table(rows) for key, rows in found.items()}


def by_reason(rows: Iterable[Row], count: str) -> Any:
    """Why messages were not sent, the most frequent reason first, in both languages."""
    totals: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (str(row["decision"]), str(row["reason"]))
        totals[key] = totals.get(key, 0) + int(row[count])
    ranked = sorted(totals.items(), key=lambda one: (-one[1], one[0]))
    return table(
        {"decision": decision, "reason": reason, "reason_zh": word(reason, "zh"), "messages": many}
        for (decision, reason), many in ranked
    )


def _page(decided: Decided) -> Metadata:
    def count(decision: str) -> int:
        return sum(int(row["messages"]) for row in decided.rows if row["decision"] == decision)

    not_sent = [row for row in decided.rows if row["decision"] != "send"]
    return given(
        chart=bars(_points(decided.rows)),
        due=count("send"),
        held=count("hold"),
        suppressed=count("suppress"),
        suppressed_by_reason=by_reason(not_sent, "messages"),
        sample=table(decided.people[:5]),
    )


def _points(rows: Iterable[Row]) -> list[tuple[str, float]]:
    totals: dict[str, float] = {}
    for row in rows:
        name = "due" if row["decision"] == "send" else str(row["reason"])
        totals[name] = totals.get(name, 0) + int(row["messages"])
    return list(totals.items())
