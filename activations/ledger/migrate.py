"""Running the migrations with alembic: on the ledger's own connection, in one transaction and under
a lock.
"""

from __future__ import annotations

import threading
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from sluice.activations.ledger.engine import lock_until_commit
from sluice.activations.ledger.versions import version_of
from sluice.models.errors import ConfigurationError

FIRST = "0001"
_one_thread = threading.Lock()  # alembic keeps what it works on in a global of the process


def configuration() -> Config:
    """alembic's configuration: the versions beside this file, and no alembic.ini."""
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
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise ConfigurationError(
            f"this ledger has version {version}, which this sluice does not know: a newer one has"
            " written it",
            "upgrade sluice to the version that wrote the ledger, or a later one",
        )
