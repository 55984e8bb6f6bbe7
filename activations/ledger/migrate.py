"""Versions of the ledger's tables, and the migrations from one to the next.

Opening an up-to-date ledger costs one small query and does not import alembic. Migrations run on
the ledger's own connection, in one transaction and under a lock.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from sluice.activations.database import lock_until_commit
from sluice.models.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

REVISION = "0016"  # the newest of migrations/versions
VERSIONS = sa.table("alembic_version", sa.column("version_num"))
FIRST = "0001"
_one_thread = threading.Lock()  # alembic keeps what it works on in a global of the process


def bring_up_to_date(engine: sa.Engine) -> None:
    """Make or upgrade the tables.

    Raises ConfigurationError for a ledger that a newer sluice has written.
    """
    with engine.connect() as connection:
        version = version_of(connection)
    if version != REVISION:
        upgrade(engine)


def version_of(connection: sa.Connection) -> str | None:
    """The version a ledger is stamped with; None for a new one, and for one made before there were
    versions.
    """
    if not sa.inspect(connection).has_table(VERSIONS.name):
        return None
    return connection.execute(sa.select(VERSIONS.c.version_num)).scalar()


def configuration() -> Config:
    """alembic's configuration: the versions beside this file, and no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%")
    )
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: sa.Engine, target: str = "head") -> None:
    """Upgrade to a version; all of it or nothing. Whoever comes second waits, and finds it done.

    A ledger made before there were versions is stamped as the first. Raises ConfigurationError for
    a version of newer code.
    """
    from alembic import command

    config = configuration()
    with _one_thread, engine.begin() as connection:
        lock_until_commit(connection, "migrate")
        config.attributes["connection"] = connection
        version = version_of(connection)
        _refuse_newer(config, version)
        if version is None and sa.inspect(connection).has_table("deliveries"):
            command.stamp(config, FIRST)
        command.upgrade(config, target)


def _refuse_newer(config: Config, version: str | None) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise ConfigurationError(
            f"this ledger has version {version}, which this sluice does not know: a newer one has"
            " written it",
            "upgrade sluice to the version that wrote the ledger, or a later one",
        )
