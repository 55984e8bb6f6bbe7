"""A dbt project of syncs alone, over tables of the test's own, with a ledger and the sandbox's CRM:
a run of it takes seconds.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from sluice.activations.destinations import registry
from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.due_rows import read_items
from sluice.activations.plan.outbox import to_operation
from sluice.activations.push.dispatcher import Pusher
from sluice.activations.sandbox.server import STORE_FILE, Sandbox
from sluice.activations.sandbox.store import Store
from sluice.models.config import SyncConfig
from sluice.models.errors import ConfigurationError
from sluice.models.run import Run
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.landing.ledger import land_ledger
from sluice.orchestration.plan.sync_plans import count_held, spool_sync
from sluice.orchestration.warehouse.reader import open_warehouse, query
from tests.projects import bare_project

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
KEPT = ("int_sync", "out_sync", "int_delivery_states", "_ledger__sources")
PLAIN = {"destination": "hubspot", "key": "id", "mode": "mirror"}
Operations = list[tuple[int, str]]


@dataclass
class SyncProject:
    """The project in ``folder``; dbt and the sandbox keep their files in ``home``, which
    SLUICE_HOME must name.
    """

    folder: Path
    home: Path
    runs: int = 0

    def __post_init__(self) -> None:
        ignored = shutil.ignore_patterns("target", "logs", "models", "seeds", "tests")
        shutil.copytree(PACKAGE_PROJECT, self.folder, ignore=ignored)
        shutil.copytree(
            PACKAGE_PROJECT / "macros", self.folder / "macros", dirs_exist_ok=True
        )  # one of its folders is called seeds
        shutil.copytree(
            PACKAGE_PROJECT / "tests",
            self.folder / "tests",
            ignore=shutil.ignore_patterns("normalise", "stage_cases"),
        )
        self.models = self.folder / "models" / "activation"
        self.models.mkdir(parents=True)
        for path in (PACKAGE_PROJECT / "models" / "activation").iterdir():
            if path.name.startswith(KEPT):
                shutil.copyfile(path, self.models / path.name)
        self.settings = load_settings(bare_project(self.folder))
        self.ledger = Ledger(self.settings.ledger)
        self.metas: dict[str, dict[str, Any]] = {}
        self.refused: dict[str, str] = {}

    def write_sync(self, name: str, sql: str, **meta: Any) -> None:
        """Write ``sync_<name>.sql`` and its yml."""
        self.metas[name] = {**PLAIN, **meta}
        described = {
            "name": f"sync_{name}",
            "description": "Of a test.",
            "config": {"meta": {"sync": self.metas[name]}},
        }
        (self.models / f"sync_{name}.sql").write_text(sql)
        (self.models / f"sync_{name}.yml").write_text(yaml.safe_dump({"models": [described]}))

    def set_rows(self, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        """Make ``input.<table>`` anew, with columns as ``id bigint, email varchar``."""
        with open_warehouse(self.settings.warehouse, read_only=False) as connection:
            connection.execute("create schema if not exists input")
            connection.execute(f"create or replace table input.{table} ({columns})")
            marks = ", ".join(f"${n}" for n in range(1, len(rows[0]) + 1)) if rows else ""
            for row in rows:
                connection.execute(f"insert into input.{table} values ({marks})", row)

    def build(self) -> None:
        """Land the ledger and decide."""
        land_ledger(self.settings.warehouse, self.ledger)
        results = Dbt(self.settings).build(
            NOW, select=["resource_type:model", "resource_type:test"]
        )
        assert [f"{r.unique_id}: {r.message}" for r in results if not r.is_success] == []

    def run(self) -> dict[str, Operations]:
        """Decide and push to the sandbox. What was due, by sync: (key, operation)."""
        self.build()
        self.runs += 1
        with Sandbox(self.home, names=["hubspot"]) as sandbox:
            return {name: self._push(name, sandbox.endpoints()) for name in sorted(self.metas)}

    def _push(self, name: str, endpoints: Mapping[str, Any]) -> Operations:
        config, plan = (
            SyncConfig(**self.metas[name]),
            self.home / f"plan_{self.runs}_{name}.parquet",
        )
        entry = registry.entry("hubspot")
        try:
            spool_sync(self.settings.warehouse, name, plan, entry.takes)
        except ConfigurationError as error:
            self.refused[name] = error.message
            return []
        destination = registry.build("hubspot", endpoints)
        batches = list(read_items(plan, 100, to_operation, config))
        try:
            pusher = Pusher(
                "sync",
                name,
                config.destination,
                destination,
                self.ledger,
                Run(f"run-{self.runs}", NOW),
            )
            pusher.push(batches)
        finally:
            destination.close()
        return sorted((item.subject_id, item.operation) for batch in batches for item in batch)

    def held(self, name: str) -> int:
        """Operations that are held."""
        return count_held(self.settings.warehouse, name)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        return query(self.settings.warehouse, sql)

    def at_the_crm(self) -> dict[str, dict[str, Any]]:
        """The contacts the simulated CRM holds: properties by the key of the sync."""
        store = Store(self.home / STORE_FILE)
        try:
            return {
                key: json.loads(found)
                for key, found in store.rows(
                    "select key, properties from contacts where is_archived = 0"
                )
            }
        finally:
            store.close()

    def execute(self, sql: str) -> None:
        """Change the warehouse."""
        with open_warehouse(self.settings.warehouse, read_only=False) as connection:
            connection.execute(sql)
