"""A warehouse on Spark: the session of this process, or Spark Connect, as dbt's method ``session``
has it; both are one session, on one metastore.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.warehouse.base import Warehouse, WarehouseError
from sluice.orchestration.warehouse.spark_aside import name_of
from sluice.orchestration.warehouse.spark_errors import spark_errors
from sluice.orchestration.warehouse.spark_session import SparkTables
from sluice.orchestration.warehouse.spark_sql import literal

REMOTE, MASTER = "SPARK_REMOTE", "spark.master"
RUN = "run_in_progress"
ALWAYS = {
    "spark.sql.session.timeZone": "UTC",
    # a table of which a dead process left files, and no more, is made anew
    "spark.sql.legacy.allowNonEmptyLocationInCTAS": "true",
}


@dataclass(frozen=True)
class Spark(Warehouse):
    """``settings``: the target's server_side_parameters, which may hold a login and are never
    shown.
    """

    settings: Mapping[str, str] = field(repr=False, hash=False)
    prefix: str = ""
    database: str = ""
    can_erase: bool = False

    def open(self, *, read_only: bool = True) -> SparkTables:
        """See Warehouse. Who writes first ends what a process that died has begun to land."""
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise ConfigurationError(
                f"a warehouse on Spark needs the package {error.name}",
                "pip install 'dbt-spark[session]' pyspark, of the release that your cluster has",
            ) from error
        with self._starting():
            builder = SparkSession.builder.enableHiveSupport()
            for name, value in self.settings.items():
                builder = builder.config(name, value)
            spark = builder.getOrCreate()
            for name, value in ALWAYS.items():
                spark.conf.set(name, value)
            with suppress(Exception):  # of Spark Connect the log is the server's
                spark.sparkContext.setLogLevel("ERROR")
        session = SparkTables(spark, self.prefix, self.describe())
        if not read_only:
            session.aside.finish()
        return session

    def exists(self) -> bool:
        """Opening it says whether it can be reached."""
        return True

    def describe(self) -> str:
        """See Warehouse."""
        remote = os.environ.get(REMOTE) or self.settings.get("spark.remote")
        place = re.sub(r";.*", "", remote) if remote else self.settings.get(MASTER, "local[*]")
        return f"Spark at {place}"

    def is_same(self, values: Mapping[str, Any]) -> bool:
        """See Warehouse."""
        theirs = values.get("server_side_parameters") or {}
        return {name: str(value) for name, value in theirs.items()} == dict(self.settings)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """A table that only one can make, with its maker's machine and process: there is no other
        lock that every metastore has. One of a dead process of this machine is taken over.
        """
        session = self.open(read_only=False)
        schema = f"{self.prefix}ledger"
        table, me = name_of((schema, RUN)), f"{socket.gethostname()} {os.getpid()}"
        session.run(f"create schema if not exists {name_of(('', schema))}")
        make = f"create table {table} (holder string) using parquet comment {literal(me)}"
        try:
            session.run(make)
        except WarehouseError as error:
            if "ALREADY_EXISTS" not in str(error):
                raise
            self._require_dead(_comment(session, schema), table)
            session.run(f"drop table if exists {table}")
            session.run(make)
        try:
            session.aside.take_away()
            yield
        finally:
            session.run(f"drop table if exists {table}")

    def copy_apart(self, home: Path) -> Mapping[str, str]:
        """See Warehouse: not here."""
        raise self.refuse(
            "a run of a day before the last one, which is decided on a copy,",
            "run it on DuckDB: DBT_TARGET=duckdb, in a home of its own (SLUICE_HOME), with the"
            " same files",
        )

    def compact(self) -> bool:
        """See Warehouse: every table is written anew where rows of it go."""
        return True

    def _require_dead(self, holder: str, table: str) -> None:
        host, _, process = holder.partition(" ")
        if host == socket.gethostname() and process.isdigit() and not _is_alive(int(process)):
            return
        raise BlockedError(
            f"another run is at work in {self.describe()} (process {process} on {host})",
            f"wait for it to end, or end it; if that machine is no more: drop table {table}",
        )

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """What goes wrong before the first statement is for a person to fix."""
        try:
            with spark_errors(self.describe()):
                yield
        except WarehouseError as error:
            if "JAVA_GATEWAY_EXITED" in str(error):
                raise ConfigurationError(
                    f"{self.describe()} does not start: there is no Java, or one that it cannot"
                    " run on, or a setting that it does not know",
                    "install Java 17 and set JAVA_HOME, and look at server_side_parameters in"
                    " profiles.yml; or set SPARK_REMOTE to a Spark Connect server",
                ) from error
            raise ConfigurationError(
                f"{self.describe()} cannot be reached",
                "start it, or correct spark.master in profiles.yml, or SPARK_REMOTE",
            ) from error


def _comment(session: SparkTables, schema: str) -> str:
    rows = session.run(f"describe table extended {name_of((schema, RUN))}").rows
    return next((str(value) for name, value, *_ in rows if name == "Comment"), "? ?")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
