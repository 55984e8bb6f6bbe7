"""dbt in this process: parse once, build many times. A subprocess would cost four seconds a call."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from models.errors import ConfigurationError
from orchestration.settings import DBT_PROJECT, Settings


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node: its unique_id, its status in dbt's words, its message and seconds."""

    unique_id: str
    status: str
    message: str
    seconds: float
    rows: int | None

    @property
    def is_success(self) -> bool:
        """True for a built node or a passed (or only warning) test."""
        return self.status in {"success", "pass", "warn"}


class Dbt:
    """The dbt project on one warehouse. Its files, logs and parse cache are kept in SLUICE_HOME/dbt."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.target = settings.home / "dbt"

    @cached_property
    def parsed(self) -> Any:
        """dbt's own manifest of the project, parsed anew when the list of files changed."""
        return self._invoke(["parse", *self._parse_flags()]).result

    @property
    def manifest_path(self) -> Path:
        """``manifest.json`` of the last parse; parses when there is none or it is out of date."""
        if not (self.target / "manifest.json").is_file() or self._fingerprint() != self._kept_fingerprint():
            _ = self.parsed
        return self.target / "manifest.json"

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as data."""
        loaded: dict[str, Any] = json.loads(self.manifest_path.read_text(encoding="utf-8"))
        return loaded

    def build(self, as_of: datetime, *, select: Sequence[str] = (), exclude: Sequence[str] = ()) -> list[NodeResult]:
        """``dbt build`` at a logical time, without unit tests. Returns a result a node; never raises for a failed one."""
        arguments = ["build", "--exclude-resource-type", "unit_test", "--quiet"]
        arguments += ["--select", *select] if select else []
        arguments += ["--exclude", *exclude] if exclude else []
        outcome = self._invoke(arguments, as_of=as_of, manifest=self.parsed)
        return [_node_result(result) for result in outcome.result.results]

    def _invoke(self, arguments: list[str], *, as_of: datetime | None = None, manifest: Any = None) -> Any:
        from dbt.cli.main import dbtRunner

        flags = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT, "--target-path", self.target]
        flags += ["--log-path", self.target / "logs", "--log-level", "none", "--vars", json.dumps(self._vars(as_of))]
        try:
            outcome = dbtRunner(manifest=manifest).invoke([*arguments, *map(str, flags)])
        finally:
            close_duckdb()
        if outcome.exception is not None or outcome.result is None:
            raise ConfigurationError(
                f"dbt could not {arguments[0]} the project: {outcome.exception}", "mend the file it names and run again"
            )
        self._keep_fingerprint()
        return outcome

    def _vars(self, as_of: datetime | None) -> dict[str, Any]:
        sources = self.settings.enabled_sources()
        values: dict[str, Any] = {} if sources is None else {"sources": sources}
        return values if as_of is None else {**values, "as_of": as_of.strftime("%Y-%m-%d %H:%M:%S")}

    def _parse_flags(self) -> list[str]:
        unchanged = self._fingerprint() == self._kept_fingerprint()
        return ["--partial-parse" if unchanged else "--no-partial-parse", "--quiet"]

    def _fingerprint(self) -> str:
        files = sorted(p for p in DBT_PROJECT.rglob("*") if p.suffix in {".sql", ".yml", ".csv"} and "target" not in p.parts)
        described = [f"{p.relative_to(DBT_PROJECT)} {p.stat().st_mtime_ns} {p.stat().st_size}" for p in files]
        return hashlib.sha256("\n".join([*described, str(self._vars(None))]).encode()).hexdigest()

    def _kept_fingerprint(self) -> str:
        path = self.target / "fingerprint"
        return path.read_text() if path.is_file() else ""

    def _keep_fingerprint(self) -> None:
        self.target.mkdir(parents=True, exist_ok=True)
        (self.target / "fingerprint").write_text(self._fingerprint())


def close_duckdb() -> None:
    """dbt-duckdb keeps its connection open for the life of the process; close it, so that others may open the file."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
        DuckDBConnectionManager._ENV = None


def _node_result(result: Any) -> NodeResult:
    rows = result.adapter_response.get("rows_affected") if result.adapter_response else None
    return NodeResult(
        unique_id=result.node.unique_id,
        status=str(result.status),
        message=str(result.message or ""),
        seconds=float(result.execution_time or 0),
        rows=rows if isinstance(rows, int) and rows >= 0 else None,
    )
