"""A warehouse on Postgres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.postgres_session import PostgresSession
from sluice.orchestration.warehouse.translation import prefix_of

# of the schemas of a copy, which are dropped with it: they must be nobody else's
REPLAY, OURS = "replay", "sluice_"
CONNECT_SECONDS = 10
DEFAULT_PORT = 5432


@dataclass(frozen=True)
class Postgres(Warehouse):
    """The database that the target of dbt's profile names; the password is never shown."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(default="", repr=False)
    prefix: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def open(self, *, read_only: bool = True) -> PostgresSession:
        """See Warehouse."""
        try:
            import adbc_driver_postgresql  # noqa: F401
            import psycopg2
        except ImportError as error:
            raise ConfigurationError(
                f"a warehouse on Postgres needs the package {error.name}",
                "pip install 'sluice[postgres]'",
            ) from error
        try:
            connection = psycopg2.connect(
                **{"connect_timeout": CONNECT_SECONDS, **self._arguments()},
                application_name="sluice",
            )
        except psycopg2.Error as error:
            raise self._unreachable(error) from error
        connection.autocommit = True  # read_only is for engines with one writer
        return PostgresSession(connection, self.prefix, self.uri(), self.describe())

    def exists(self) -> bool:
        """A server is there whether it can be reached or not: opening it says so."""
        return True

    def describe(self) -> str:
        """See Warehouse."""
        return f"Postgres {self.user}@{self.host}:{self.port}/{self.database}"

    def is_same(self, values: Mapping[str, Any]) -> bool:
        """See Warehouse."""
        database = values.get("dbname") or values.get("database")
        port = int(values.get("port") or DEFAULT_PORT)
        theirs = (values.get("host"), port, database, values.get("user"))
        return theirs == (self.host, self.port, self.database, self.user)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """An advisory lock of a connection of its own: the server gives it back when the process
        has died.
        """
        session = self.open()
        number = crc32(f"sluice {self.prefix}".encode())
        try:
            if session.execute("select pg_try_advisory_lock($1)", [number]).rows != [(True,)]:
                raise BlockedError(
                    f"another run is at work in {self.describe()}",
                    "wait for it to end, or end it",
                )
            yield
        finally:
            session.close()

    def copy_apart(self, home: Path) -> Mapping[str, str]:
        """See Warehouse: schemas beside ours, of another prefix."""
        schema = f"{self.prefix or OURS}{REPLAY}"
        with closing(self.open(read_only=False)) as session:
            session.copy_schemas(prefix_of(schema))
        return {"schema": schema}

    def compact(self) -> bool:
        """See Warehouse: every one of our tables is written anew."""
        with closing(self.open(read_only=False)) as session:
            for schema, table in sorted(session.row_counts()):
                session.native(f'vacuum full "{schema}"."{table}"')
        return True

    def uri(self) -> str:
        """libpq's words for a connection, for ADBC; never shown."""
        return " ".join(f"{name}='{_escaped(value)}'" for name, value in self._arguments().items())

    def _arguments(self) -> dict[str, Any]:
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": self.user,
            **({"password": self.password} if self.password else {}),
            **self.options,
        }

    def _unreachable(self, error: Exception) -> ConfigurationError:
        words = str(error).lower()
        if "password" in words or "authentication" in words or "no pg_hba" in words:
            what, fix = "does not let this user in", "correct user and password in profiles.yml"
        elif "does not exist" in words:
            what, fix = "has no such database or user", "correct dbname and user in profiles.yml"
        else:
            what, fix = "cannot be reached", "start it, or correct host and port in profiles.yml"
        return ConfigurationError(f"{self.describe()} {what}", fix)


def _escaped(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "\\'")
