"""A home with a few marts that were never built by dbt, and the manifest that describes them."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb

from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.build import Asked, build_page
from sluice.orchestration.report.filters import Filters

NOW = datetime(2026, 6, 30, 13, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script>"
TABLES = f"""
create schema reports;
create table reports.rpt_campaigns as select * from (values
    ('{SCRIPT}', 'email', 1200, 0.25, 1234.5::decimal(12, 2), timestamp '2026-06-29 10:00:00', 'accepted'),
    ('=1+1', 'sms', 34, null, 0.125, timestamp '2026-06-28 10:00:00', 'no_consent'),
    ('welcome', 'email', 0, null, null, null, 'accepted'),
) as t (campaign, channel, sent, open_rate, revenue, last_sent_at, outcome);
create table reports.rpt_daily as
    select date '2026-06-01' + cast(n as integer) as day, channel, n * 10 + length(channel) as sent
    from range(30) as r (n), (values ('email'), ('sms')) as c (channel);
create table reports.rpt_funnel as select * from (values
    (1, 'lead', 1000), (2, 'mql', 310), (3, 'sql', 45)) as t (place, stage, contacts);
create table reports.rpt_targets as select * from (values
    ('leads', 500, 612), ('revenue', 90000, null)) as t (metric, target, actual);
create table reports.rpt_costs (month varchar, channel varchar, cost_cny double);
create table reports.rpt_segments as select * from (values
    ('lapsed', 'email', 120), ('buyers', 'email', 80)) as t (segment, channel, members);
create table reports.rpt_people as select 'ann@example.com' as email, 7 as visits, 'ann' as row_text;
create table reports.rpt_many as
    select 'source ' || lpad(n::varchar, 4, '0') as source, n::bigint as records from range(1, 301) as r (n);
create table reports.rpt_pressure as select * from (values
    (7, 'all', '0', 90), (7, 'email', '0', 90), (30, 'all', '0', 80), (30, 'email', '0', 85),
    (30, 'sms', '0', 83)) as t (days, channel, messages, contacts);
create table reports.rpt_alerts as select 'bounces of welcome over 2 %' as alert, 0.031 as bounce_rate;
create table reports.rpt_activation_results as select
    'message' as kind, 'welcome' as activation, 'send' as operation, 'failed' as outcome,
    'template_error' as reason, 3 as item_count;
"""  # fmt: skip
MODELS: dict[str, tuple[str, str, dict[str, Any], dict[str, str]]] = {
    "rpt_campaigns": ("campaigns", "Campaigns by what they sent", {"kind": "bar", "x": "campaign", "y": "sent", "color": "channel"}, {
        "campaign": "varchar", "channel": "varchar", "sent": "bigint", "open_rate": "double",
        "revenue": "decimal(12,2)", "last_sent_at": "timestamp", "outcome": "varchar"}),
    "rpt_daily": ("channels", "Messages a day", {"kind": "line", "x": "day", "y": "sent", "color": "channel"}, {
        "day": "date", "channel": "varchar", "sent": "bigint"}),
    "rpt_funnel": ("stages", "From lead to customer", {"kind": "funnel", "x": "stage", "y": "contacts"}, {
        "place": "integer", "stage": "varchar", "contacts": "bigint"}),
    "rpt_targets": ("targets", "Targets of the quarter", {"kind": "none"}, {
        "metric": "varchar", "target": "bigint", "actual": "bigint"}),
    "rpt_costs": ("costs", "Costs a month", {"kind": "bar", "x": "channel", "y": "cost_cny"}, {
        "month": "varchar", "channel": "varchar", "cost_cny": "double"}),
    "rpt_segments": ("segments", "Size of segments", {"kind": "bar", "x": "segment", "y": "members"}, {
        "segment": "varchar", "channel": "varchar", "members": "bigint"}),
    "rpt_people": ("contacts", "Visits", {"kind": "none"}, {
        "email": "varchar", "visits": "bigint", "row_text": "varchar"}),
    "rpt_many": ("sources", "Records by source", {"kind": "bar", "x": "source", "y": "records"}, {
        "source": "varchar", "records": "bigint"}),
    "rpt_alerts": ("executive", "Alerts", {"kind": "none"}, {"alert": "varchar", "bounce_rate": "double"}),
    "rpt_pressure": ("channels", "Messages a person got", {"kind": "bar", "x": "messages", "y": "contacts", "color": "channel"}, {
        "days": "integer", "channel": "varchar", "messages": "varchar", "contacts": "bigint"}),
    "rpt_not_built": ("scores", "Scores", {"kind": "none"}, {"band": "varchar"}),
}  # fmt: skip
PERSONAL = {"email", "row_text"}


def manifest() -> dict[str, Any]:
    """As dbt writes it, of these models alone."""
    nodes = {f"model.sluice.{name}": _node(name, *rest) for name, rest in MODELS.items()}
    nodes["model.sluice.rpt_funnel"]["config"]["meta"]["report"]["order_by"] = "place"
    nodes["model.sluice.rpt_alerts"]["config"]["meta"]["report"]["needs_you"] = True
    return {"nodes": nodes, "sources": {}, "parent_map": {key: [] for key in nodes}}


def _node(
    name: str, page: str, title: str, chart: dict[str, Any], columns: dict[str, str]
) -> dict[str, Any]:
    report = {"page": page, "title": {"en": title, "zh": f"{title}（中文）"}, "chart": chart}
    return {
        "name": name,
        "resource_type": "model",
        "package_name": "sluice",
        "fqn": ["sluice", "reports", name],
        "schema": "reports",
        "description": f"What {name} is. One row per thing.",
        "original_file_path": f"models/reports/{name}.sql",
        "raw_code": f"select * from {{{{ ref('{name}') }}}} where 1 < 2",
        "compiled_code": None if name == "rpt_daily" else f"select * from {name} where 1 < 2",
        "config": {"access": "public", "meta": {"report": report}},
        "columns": {key: _column(key, kind) for key, kind in columns.items()},
    }


def _column(name: str, data_type: str) -> dict[str, Any]:
    meta = {"personal_data": True} if name in PERSONAL else {}
    words = f"The {name}; null where nothing was sent."
    label = {"label": {"en": name.title().replace("_", " "), "zh": f"{name}（列）"}}
    return {
        "name": name,
        "data_type": data_type,
        "description": words,
        "config": {"meta": meta | label},
    }


def make_home(home: Path) -> Settings:
    """The home, with the warehouse in it."""
    home.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(TABLES)
    return Settings(home=home)


def page_of(settings: Settings, language: Any = "en", day: str = "2026-06-30", **cut: Any) -> str:
    """The HTML of the report."""
    path = settings.home / "reports" / f"report-{day}.html"
    asked = Asked(language, Filters(time_zone="Asia/Shanghai", **cut))
    return build_page(settings, manifest(), asked, path, NOW)


class Page(HTMLParser):
    """What a page holds: the text of each block by its id, each table of a model as values, the
    tags with their attributes.
    """

    def __init__(self, html: str) -> None:
        """Read it at once."""
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.heads: dict[str, list[str]] = {}
        self.text: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._block = ""
        self._rows: list[list[str]] | None = None
        self._heads: list[str] | None = None
        self._is_exact = False
        self.feed(html)
        for rows in self.tables.values():
            rows[:] = [[cell.strip() for cell in row] for row in rows]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a block, a table, a row, a cell."""
        found = dict(attrs)
        self.tags.append((tag, found))
        if found.get("id") and tag in {"section", "article", "details", "div"}:
            self._block = str(found["id"])
            self.text[self._block] = ""
        if tag == "table":
            name = found.get("data-model")
            is_of_section = bool(name) and name == self._block
            self._rows = self.tables.setdefault(str(name), []) if is_of_section else None
            self._heads = self.heads.setdefault(str(name), []) if is_of_section else None
        if tag == "tr" and self._rows is not None:
            self._rows.append([])
        if tag in {"td", "th"} and self._rows is not None:
            self._rows[-1].append("")
        exact = found.get("value") or found.get("datetime")
        self._is_exact = bool(exact) and tag in {"button", "data", "time"}
        if self._is_exact and self._rows and self._rows[-1]:
            self._rows[-1][-1] = str(exact)

    def handle_data(self, data: str) -> None:
        """Text of a cell, unless its exact value is known."""
        if self._block:
            self.text[self._block] += data
        if self._rows and self._rows[-1] and not self._is_exact:
            self._rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        """A cell or a table ends."""
        if tag in {"button", "data", "time"}:
            self._is_exact = False
        if tag == "table":
            self._rows = None
