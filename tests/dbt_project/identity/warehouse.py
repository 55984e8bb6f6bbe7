"""A warehouse of its own for a test of contact unification: rows of people go in, contacts come
out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.person_table import MEANINGS
from sluice.orchestration.dbt.connection import close_duckdb
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.landing.files import land_files
from sluice.orchestration.landing.tables import raw_tables

AS_OF = "2026-06-30 13:00:00"
LAYERS = ("fqn:sluice.staging", "fqn:sluice.identity", "+contact_identifiers", "+dim_contacts")
Person = Mapping[str, Any]


@cache
def parsed(variables: str) -> Any:
    """dbt's manifest of the project with the source ``import`` alone."""
    return _invoke(["parse"], variables, None).result


def _invoke(arguments: list[str], variables: str, manifest: Any) -> Any:
    from dbt.cli.main import dbtRunner

    home = Path(os.environ["SLUICE_HOME"])
    flags = [
        "--project-dir",
        PACKAGE_PROJECT,
        "--profiles-dir",
        PACKAGE_PROJECT,
        "--target-path",
        home / "dbt",
        "--log-path",
        home / "dbt",
    ]
    outcome = dbtRunner(manifest=manifest).invoke(
        [*arguments, *map(str, flags), "--vars", variables, "--quiet", "--log-level", "none"]
    )
    close_duckdb()
    assert outcome.exception is None, outcome.exception
    return outcome


class Warehouse:
    """One warehouse file in a folder."""

    def __init__(self, home: Path, *, probabilistic: bool = False) -> None:
        self.home, self.probabilistic = home, probabilistic
        self.file = home / "warehouse.duckdb"
        home.mkdir(parents=True, exist_ok=True)

    def unify(
        self, people: Iterable[Person], as_of: str = AS_OF, layers: tuple[str, ...] = LAYERS
    ) -> dict[str, int]:
        """Land these rows as what the source sends today, build, and return record_id ->
        contact_id.
        """
        os.environ["SLUICE_HOME"] = str(self.home)
        variables = {"sources": ["import"], "probabilistic_linkage": self.probabilistic}
        manifest = parsed(json.dumps(variables))
        self._land(list(people), manifest)
        arguments = ["build", "--exclude-resource-type", "unit_test", "--exclude", "tag:cases"]
        arguments += ["--select", "resource_type:seed", *layers]
        outcome = _invoke(arguments, json.dumps({**variables, "as_of": as_of}), manifest)
        failed = [
            f"{r.node.name}: {r.message}"
            for r in outcome.result.results
            if str(r.status) not in {"success", "pass"}
        ]
        assert failed == [], failed
        return {
            str(r): int(c)
            for r, c in self.rows("select record_id, contact_id from identity.identity_map")
        }

    def compiled(self, sql: str) -> str:
        """A query with macros and refs, as dbt writes it."""
        os.environ["SLUICE_HOME"] = str(self.home)
        variables = {"sources": ["import"], "probabilistic_linkage": self.probabilistic}
        manifest = parsed(json.dumps(variables))
        outcome = _invoke(
            ["compile", "--inline", sql], json.dumps({**variables, "as_of": AS_OF}), manifest
        )
        return str(outcome.result.results[0].node.compiled_code)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def _land(self, people: list[Person], manifest: Any) -> None:
        raw = self.home / "raw"
        raw.mkdir(exist_ok=True)
        texts = ["record_id", *[name for name in MEANINGS if name != "country"], "country"]
        texts += sorted(
            {name for person in people for name in person} - {*texts, "created_at", "updated_at"}
        )
        columns: dict[str, Any] = {
            name: pa.array([p.get(name) for p in people], pa.string()) for name in texts
        }
        for name in ("created_at", "updated_at"):
            values = [datetime.fromisoformat(p[name]) if p.get(name) else None for p in people]
            columns[name] = pa.array(values, pa.timestamp("us"))
        pq.write_table(pa.table(columns), raw / "imported_contacts.parquet")
        tables = [table for table in raw_tables(manifest.to_dict()) if table.source == "import"]
        now = datetime.now(UTC)
        land_files(
            self.file, raw, tables, run_id="test", landed_at=now, allow_empty={"imported_contacts"}
        )
        self._add_columns(people, set(texts))

    def _add_columns(self, people: list[Person], names: set[str]) -> None:
        """A table of the warehouse may have columns that no yml declares: those that landing leaves
        out.
        """
        with duckdb.connect(str(self.file)) as connection:
            found = {
                row[0] for row in connection.execute("describe raw.imported_contacts").fetchall()
            }
            for name in sorted(names - found):
                connection.execute(f'alter table raw.imported_contacts add column "{name}" varchar')
                for person in (one for one in people if name in one):
                    values = [person[name], person["record_id"]]
                    connection.execute(
                        f'update raw.imported_contacts set "{name}" = ? where record_id = ?', values
                    )


def clusters(contacts: Mapping[str, int]) -> set[frozenset[str]]:
    """The partition, whatever the ids are."""
    found: dict[int, set[str]] = {}
    for record, contact in contacts.items():
        found.setdefault(contact, set()).add(record)
    return {frozenset(records) for records in found.values()}
