"""A home of a ledger and a warehouse that has landed it, without dbt: what a run leaves behind, in
a tenth of a second.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sluice.activations.ledger.message_events import keep_event
from sluice.activations.ledger.pauses import pause
from sluice.activations.ledger.stating import Statement, keep_statements
from sluice.activations.ledger.store import Ledger
from sluice.activations.ledger.suppressing import suppress
from sluice.models.delivery import MessageEvent, Outcome
from sluice.models.run import Run
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.landing.identity import journal_identity
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.recovery.files import remember_warehouse
from sluice.orchestration.recovery.standing import note_end, require_same_ledger
from sluice.orchestration.warehouse.reader import open_warehouse, query
from tests.activations.ledger.ledger_steps import NOW, claim_items, settle
from tests.activations.ledger.test_sent_addresses import CAMPAIGN, to

IDENTITY = """create schema identity;
create table identity.identity_map as
    select i as record_key, i * 10 as contact_id, timestamp '2026-06-01' as named_at from range(1, 6) as r(i);
create table identity.identity_changes as
    select 20::bigint as from_contact_id, 10::bigint as to_contact_id, 'merged' as change, 1::bigint as record_count,
        timestamp '2026-06-02' as changed_at"""
DECISIONS = """create schema if not exists activation;
create or replace table activation.message_decisions as
    select i as message_id, i + 70 as address_key, 'hash' || i as address_hash from range(1, 100) as r(i)"""


@dataclass
class SmallHome:
    """Deliveries 1 and 2 were pushed on the first day, 3 on the second; ``yesterday`` has the files
    of between.
    """

    home: Path

    def __post_init__(self) -> None:
        self.settings: Settings = load_settings()
        self.ledger = Ledger(self.settings.ledger)
        self.ledger.bind_mode("sandbox")
        with open_warehouse(self.settings.warehouse, read_only=False) as connection:
            connection.execute(IDENTITY)
            connection.execute(DECISIONS)
        journal_identity(self.settings.warehouse, self.ledger)
        self.run_day(1, [1, 2])
        self.yesterday = self.home.parent / "yesterday"
        self.copy_to(self.yesterday)
        self.run_day(2, [3])

    def run_day(self, day: int, numbers: list[int]) -> None:
        """Push messages of these numbers, receive that somebody unsubscribed, and land it all."""
        now = NOW + timedelta(days=day)
        require_same_ledger(self.settings, self.ledger)
        items = [to(number, f"p{number}@b.cn", 70 + number) for number in numbers]
        settle(
            self.ledger,
            claim_items(self.ledger, items, now=now, activation=CAMPAIGN, run_id=f"run-{day}"),
            Outcome.ACCEPTED,
            now=now,
        )
        opened = MessageEvent("email_opened", now, f"opened{day}", numbers[0])
        self.ledger.write(lambda connection: keep_event(connection, opened, now))
        self.ledger.write(
            lambda connection: suppress(
                connection, [("email", f"no{day}", "unsubscribed", None)], now
            )
        )
        said = Statement("email", "unsubscribed", now, contact_id=day, address_hash=f"no{day}")
        self.ledger.write(lambda connection: keep_statements(connection, [said], now))
        pause(self.ledger.engine, "campaign", f"campaign{day}", None, "li", now)
        land_ledger(self.settings.warehouse, self.ledger)
        note_end(self.settings, self.ledger)
        self.ledger.finish_run(Run(f"run-{day}", now), "{}", now)
        remember_warehouse(self.settings)

    def copy_to(self, folder: Path) -> None:
        """Copies of both files, as somebody makes them with cp."""
        folder.mkdir()
        self.ledger.engine.dispose()
        for path in self.home.glob("*.sqlite*"):
            shutil.copy(path, folder)
        shutil.copy(self.settings.warehouse.path, folder)

    def lose_ledger(self, how: str) -> None:
        """deleted, emptied, or put back as it was yesterday."""
        self.ledger.engine.dispose()
        for path in self.home.glob("ledger.sqlite*"):
            path.unlink()
        if how == "emptied":
            (self.home / "ledger.sqlite").touch()
        if how == "yesterday":
            for path in self.yesterday.glob("ledger.sqlite*"):
                shutil.copy(path, self.home)
        self.ledger = Ledger(self.settings.ledger)
        self.ledger.bind_mode("sandbox")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        return query(self.settings.warehouse, sql)
