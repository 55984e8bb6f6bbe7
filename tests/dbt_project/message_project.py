"""Campaigns alone, over tables of the test's own, with a ledger and the sandbox's mailer: a run
takes seconds.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from sluice.activations.destinations import registry
from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.due_rows import count_items, read_items
from sluice.activations.push.dispatcher import Pusher
from sluice.activations.sandbox.server import STORE_FILE, Sandbox
from sluice.activations.sandbox.store import Store
from sluice.models.run import Run
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.warehouse.reader import open_warehouse, query, spool_messages
from tests.projects import bare_project

KEPT = (
    "int_message",
    "int_campaign",
    "int_contact_limits",
    "int_country",
    "int_recipient",
    "int_delivery",
    "message_",
    "variant_",
    "out_messages",
)
SEEDS = ("message_limits", "country_names", "country_time_zones")
# what the models of other folders give to those of activation
INPUTS = {
    "dim_contacts": (
        "contact_id bigint, email varchar, phone varchar, unionid varchar, openid varchar,"
        " full_name varchar, language varchar, country varchar, is_deleted boolean"
    ),
    "contact_consents": "contact_id bigint, channel varchar, purpose varchar, status varchar",
    "contact_preferences": "contact_id bigint, preference varchar, value varchar",
    "contact_events": (
        "contact_id bigint, event_type varchar, is_machine boolean, occurred_at timestamp"
    ),
    "contact_tags": "contact_id bigint, tag varchar",
    "contact_channels": (
        "contact_id bigint, active_from_hour integer, active_until_hour integer,"
        " is_active_hour_known boolean, preferred_channel varchar"
    ),
    "int_match_groups": "node_id bigint, component_id bigint",
    "int_match_refusals": "contact_id bigint, channel varchar, purpose varchar",
    "contact_lifecycle": "contact_id bigint, lifecycle varchar, stage varchar",
    "contact_aliases": "retired_contact_id bigint, contact_id bigint, merged_at timestamp",
    "int_audience_members": (
        "segment varchar, contact_id bigint, entered_at timestamp, is_held_out boolean,"
        " outranked_by varchar"
    ),
}
CONTEXT = '{"company": "Shop", "visits": 1, "last_visit_date": "2026-06-28"}'
CAMPAIGN = {
    "channel": "email",
    "destination": "smtp",
    "purpose": "marketing",
    "template": "price_page_follow_up",
}
Reasons = dict[int, str]


@dataclass
class MessageProject:
    """The project in ``folder``; dbt and the sandbox keep their files in ``home``, which
    SLUICE_HOME must name.
    """

    folder: Path
    home: Path
    runs: int = 0

    def __post_init__(self) -> None:
        shutil.copytree(
            PACKAGE_PROJECT,
            self.folder,
            ignore=shutil.ignore_patterns("target", "logs", "models", "seeds", "tests"),
        )
        shutil.copytree(
            PACKAGE_PROJECT / "macros", self.folder / "macros", dirs_exist_ok=True
        )  # one of its folders is called seeds
        shutil.copytree(PACKAGE_PROJECT / "tests" / "generic", self.folder / "tests" / "generic")
        for source in (PACKAGE_PROJECT / "models" / "activation").iterdir():
            if source.name.startswith((*KEPT, "_ledger__sources")):
                self._copy(source, "models/activation")
        for name in SEEDS:
            self._copy(PACKAGE_PROJECT / "seeds" / f"{name}.csv", "seeds")
        self.settings = load_settings(bare_project(self.folder))
        self.ledger = Ledger(self.settings.ledger)
        self.campaigns: list[str] = []
        for name in INPUTS:
            self._write(f"models/inputs/{name}.sql", f"select * from input.{name}")
            self.set_rows(name, [])

    def write_campaign(
        self,
        name: str,
        contacts: Sequence[int] = (0,),
        sql: str = "",
        experiments: dict[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        """Write a campaign to these contacts, or write it anew; ``sql`` stands instead of theirs."""
        meta = {"campaign": {**CAMPAIGN, **settings}, "experiments": experiments or {}}
        described = {"name": f"campaign_{name}", "config": {"meta": meta}}
        rows = ", ".join(f"({contact})" for contact in contacts)
        people = (
            f"select cast(contact_id as bigint) as contact_id from (values {rows}) as c"
            " (contact_id)"
        )
        sql = sql or (
            f"select contact_id, 'once' as occurrence, '{CONTEXT}' as context from ({people}) as p"
        )
        self._write(f"models/activation/campaign_{name}.sql", sql)
        self._write(
            f"models/activation/campaign_{name}.yml", yaml.safe_dump({"models": [described]})
        )
        self.campaigns = sorted({*self.campaigns, name})

    def write_segment(self, name: str, **settings: Any) -> None:
        """Write an empty segment with these settings in its yml."""
        described = {"name": f"seg_{name}", "config": {"meta": {"segment": settings}}}
        sql = "select cast(null as bigint) as contact_id where 1 = 0"
        self._write(f"models/segments/seg_{name}.sql", sql)
        self._write(f"models/segments/seg_{name}.yml", yaml.safe_dump({"models": [described]}))

    def set_rows(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Make an input anew; the last columns that a row leaves out are null."""
        columns = INPUTS[table].split(",")
        with open_warehouse(self.settings.warehouse, read_only=False) as connection:
            connection.execute("create schema if not exists input")
            connection.execute(f"create or replace table input.{table} ({INPUTS[table]})")
            for row in rows:
                values = [*row, *[None] * (len(columns) - len(row))]
                connection.execute(
                    f"insert into input.{table} values ({', '.join('?' * len(columns))})", values
                )

    def add_contacts(self, contacts: Sequence[int], **columns: Any) -> None:
        """Contacts with an address, u<contact>@shop.example, and a consent to marketing by
        e-mail.
        """
        values = {
            "full_name": "",
            "language": "en",
            "country": None,
            "is_deleted": False,
            **columns,
        }
        with open_warehouse(self.settings.warehouse, read_only=False) as connection:
            for contact in contacts:
                row = {"contact_id": contact, "email": f"u{contact}@shop.example", **values}
                marks = ", ".join("?" * len(row))
                connection.execute(
                    f"insert into input.dim_contacts ({', '.join(row)}) values ({marks})",
                    list(row.values()),
                )
                connection.execute(
                    "insert into input.contact_consents values (?, 'email', 'marketing',"
                    " 'granted')",
                    [contact],
                )

    def run(self, as_of: datetime) -> Reasons:
        """Land the ledger, decide and push. Why each contact's message went out (``due``) or did
        not.
        """
        land_ledger(self.settings.warehouse, self.ledger)
        seeds = ["resource_type:seed"] if self.runs == 0 else []
        results = Dbt(self.settings).build(as_of, select=["resource_type:model", *seeds])
        failed = [
            f"{result.unique_id}: {result.message}" for result in results if not result.is_success
        ]
        assert not failed, failed
        self.runs += 1
        with Sandbox(self.home, names=[]) as sandbox:
            for name in self.campaigns:
                self._push(name, Run(f"run-{self.runs}", as_of), sandbox)
        return dict(
            self.query(
                "select contact_id, reason from activation.message_decisions order by contact_id"
            )
        )

    def received(self) -> list[int]:
        """The contacts that got a mail, one number a mail."""
        store = Store(self.home / STORE_FILE)
        try:
            return sorted(
                int(row[0].split("@")[0][1:]) for row in store.rows("select recipient from mails")
            )
        finally:
            store.close()

    def query(self, sql: str) -> list[Any]:
        """Rows of the warehouse."""
        return query(self.settings.warehouse, sql)

    def close(self) -> None:
        """Give the ledger's connections back."""
        self.ledger.engine.dispose()

    def _push(self, name: str, run: Run, sandbox: Sandbox) -> None:
        plan = self.home / f"{run.run_id}_{name}.parquet"
        spool_messages(self.settings.warehouse, name, plan)
        if not count_items(plan):
            return
        entry = registry.entry("smtp")
        client = entry.client(registry.settings("smtp", sandbox.endpoints()))
        try:
            pusher = Pusher("message", name, "smtp", client, self.ledger, run)
            pusher.push(read_items(plan, client.capabilities.batch_size, entry.to_item, None))
        finally:
            client.close()

    def _copy(self, source: Path, folder: str) -> None:
        (self.folder / folder).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, self.folder / folder / source.name)

    def _write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")
