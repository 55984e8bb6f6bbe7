"""People from landing to sending, day after day: a CRM, a shop, web forms and a consent log go in,
a campaign to all goes out.

The models are the product's own, but for segments, scores, lifecycles and tags, which a message
does not need here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from sluice.activations.destinations import registry
from sluice.activations.ledger.receiving import receive
from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.due_rows import count_items, read_items
from sluice.activations.push.dispatcher import Pusher
from sluice.models.delivery import Capabilities, ItemResult, Message, Outcome, Receipt, Withdrawal
from sluice.models.run import Run
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.identity import journal_identity
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.landing.tables import RawTable, raw_tables
from sluice.orchestration.warehouse.reader import open_warehouse, query, spool_messages
from tests.projects import SAMPLE, bare_project

SOURCES = ["crm", "shop", "webform", "consent"]
KEPT = (
    "int_message",
    "int_campaign",
    "int_contact_limits",
    "int_country",
    "int_recipient",
    "int_delivery",
    "message_",
    "out_m",
)
INPUTS = {
    "contact_tags": "contact_id bigint, tag varchar",
    "contact_lifecycle": "contact_id bigint, lifecycle varchar, stage varchar",
    "int_audience_members": (
        "segment varchar, contact_id bigint, entered_at timestamp, is_held_out boolean,"
        " outranked_by varchar"
    ),
}
CAMPAIGN = {
    "channel": "email",
    "destination": "smtp",
    "purpose": "marketing",
    "template": "price_page_follow_up",
    "approval_above": 1_000_000,
}
FIRST_DAY = datetime(2026, 6, 29, 4, tzinfo=UTC)  # noon in Shanghai
ARROW = {
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "double": pa.float64(),
    "date": pa.date32(),
}
Row = Mapping[str, Any]


@dataclass
class Recorder:
    """A destination that accepts everything, keeps it, and lets people answer while the push goes
    on.
    """

    sent: list[Message] = field(default_factory=list)
    answer: Callable[[Message], None] = lambda message: None
    size: int = 50

    @property
    def capabilities(self) -> Capabilities:
        """What a mail server can do."""
        return Capabilities(batch_size=self.size, on_unknown="hold")

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """Accept all."""
        self.sent.extend(items)
        for item in items:
            self.answer(item)
        return [ItemResult(item.delivery_id, Outcome.ACCEPTED) for item in items]

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class ConsentProject:
    """The project in ``folder``; its files are in ``home``, which SLUICE_HOME must name. A day is
    one run.
    """

    folder: Path
    home: Path
    campaigns: tuple[str, ...] = ("everybody",)
    day: int = 0

    def __post_init__(self) -> None:
        left_out = shutil.ignore_patterns(
            "target",
            "logs",
            "tests",
            "scoring",
            "lifecycle",
            "tags",
            "segments",
            "reports",
            "activation",
        )
        shutil.copytree(
            PACKAGE_PROJECT,
            self.folder,
            ignore=shutil.ignore_patterns("target", "logs", "models", "tests"),
        )
        shutil.copytree(PACKAGE_PROJECT / "models", self.folder / "models", ignore=left_out)
        shutil.copytree(PACKAGE_PROJECT / "tests" / "generic", self.folder / "tests" / "generic")
        for source in SOURCES:
            staging = Path("models") / "staging" / source
            shutil.copytree(SAMPLE / staging, self.folder / staging)
        target = self.folder / "models" / "activation"
        target.mkdir()
        for path in (PACKAGE_PROJECT / "models" / "activation").iterdir():
            if path.name.startswith((*KEPT, "_ledger__sources")):
                shutil.copyfile(path, target / path.name)
        self.raw = self.home / "raw"
        self.raw.mkdir(parents=True, exist_ok=True)
        self._write_models()
        self.settings = Settings(home=self.home, project=bare_project(self.folder))
        self.ledger = Ledger(self.settings.ledger)
        self.dbt = Dbt(self.settings)
        self.tables = {
            table.name: table
            for table in raw_tables(self.dbt.parsed.to_dict())
            if table.source in SOURCES
        }
        self.recorder = Recorder()
        for name in self.tables:
            self.write(name, [])

    @property
    def as_of(self) -> datetime:
        """The logical time of today's run."""
        return FIRST_DAY + timedelta(days=self.day)

    def write(self, name: str, rows: Sequence[Row]) -> None:
        """What a source sends today; columns that a row leaves out are null."""
        columns = self.tables[name].columns
        arrays = {
            column: _array([row.get(column) for row in rows], ARROW[kind])
            for column, kind in columns.items()
        }
        (self.raw / f"{name}.csv").unlink(missing_ok=True)
        pq.write_table(pa.table(arrays), self.raw / f"{name}.parquet")

    def write_file(self, path: Path) -> None:
        """A CSV file as a source sends it."""
        (self.raw / f"{path.stem}.parquet").unlink(missing_ok=True)
        shutil.copyfile(path, self.raw / path.name)

    def run(self) -> list[str]:
        """Land, decide and push: the addresses that got a mail today."""
        self.decide()
        return self.push()

    def decide(self) -> None:
        """Land and decide. No model fails, whatever the sources say."""
        listed: list[RawTable] = list(self.tables.values())
        land_files(
            self.settings.warehouse,
            self.raw,
            listed,
            run_id=f"run-{self.day}",
            landed_at=self.as_of,
            allow_empty=set(self.tables),
        )
        land_ledger(self.settings.warehouse, self.ledger)
        chosen = ["+out_messages,resource_type:model", "consent_issues"]
        results = self.dbt.build(
            self.as_of, select=[*chosen, "resource_type:seed"] if self.day == 0 else chosen
        )
        failed = [
            f"{result.unique_id}: {result.message}" for result in results if not result.is_success
        ]
        assert not failed, failed
        journal_identity(self.settings.warehouse, self.ledger)

    def push(self) -> list[str]:
        """Send what is due of all campaigns; a day passes."""
        sent = [address for name in self.campaigns for address in self.push_only(name)]
        self.day += 1
        return sorted(sent)

    def push_only(self, campaign: str) -> list[str]:
        """Send what is due of a campaign, one batch after another."""
        plan, before = self.home / f"plan-{self.day}-{campaign}.parquet", len(self.recorder.sent)
        spool_messages(self.settings.warehouse, campaign, plan)
        if count_items(plan):
            pusher = Pusher(
                "message",
                campaign,
                "smtp",
                self.recorder,
                self.ledger,
                Run(f"run-{self.day}", self.as_of),
            )
            pusher.push(read_items(plan, self.recorder.size, registry.entry("smtp").to_item, None))
        return sorted(message.address for message in self.recorder.sent[before:])

    def read_callback(self, *said: Receipt | Withdrawal) -> None:
        """People and vendors call."""
        receive(self.ledger.engine, said, datetime.now(UTC))

    def reasons(self) -> dict[str, str]:
        """Why the mail of today did not go out, by address or else by name."""
        sql = "select coalesce(address, full_name), reason from activation.message_decisions"
        return dict(self.query(sql))

    def query(self, sql: str) -> list[Any]:
        """Rows of the warehouse."""
        return query(self.settings.warehouse, sql)

    def _write_models(self) -> None:
        (self.folder / "models" / "inputs").mkdir()
        with open_warehouse(self.home / "warehouse.duckdb", read_only=False) as connection:
            connection.execute("create schema if not exists input")
            for name, columns in INPUTS.items():
                connection.execute(f"create table if not exists input.{name} ({columns})")
                (self.folder / "models" / "inputs" / f"{name}.sql").write_text(
                    f"select * from input.{name}"
                )
        sql = (
            "select contact_id, '{{ sluice.as_of_text() }}' as occurrence, '{}' as context from {{"
            " ref('dim_contacts') }}"
        )
        target = self.folder / "models" / "activation"
        for name in self.campaigns:
            described = {"name": f"campaign_{name}", "config": {"meta": {"campaign": CAMPAIGN}}}
            (target / f"campaign_{name}.sql").write_text(sql)
            (target / f"campaign_{name}.yml").write_text(yaml.safe_dump({"models": [described]}))


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """A column of its type; of texts as they are where one of them is not of the type."""
    try:
        return pa.array([_value(value) for value in values], kind)
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _value(value: Any) -> Any:
    """Times are written as text."""
    is_time = isinstance(value, str) and len(value) == 19 and value[4] == "-" and value[13] == ":"
    return datetime.fromisoformat(value) if is_time else value
