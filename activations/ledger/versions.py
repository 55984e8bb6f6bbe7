"""Opening a ledger brings its tables to the version of this code. An up-to-date ledger costs one
small query, and no alembic.
"""

from __future__ import annotations

import sqlalchemy as sa

REVISION = "0009"  # the newest of migrations/versions
VERSIONS = sa.table("alembic_version", sa.column("version_num"))


def bring_up_to_date(engine: sa.Engine) -> None:
    """Make or upgrade the tables. Raises ConfigurationError for a ledger that a newer sluice has
    written.
    """
    with engine.connect() as connection:
        version = version_of(connection)
    if version != REVISION:
        from sluice.activations.ledger.migrate import upgrade

        upgrade(engine)


def version_of(connection: sa.Connection) -> str | None:
    """The version a ledger is stamped with; None for a new one, and for one made before there were
    versions.
    """
    if not sa.inspect(connection).has_table(VERSIONS.name):
        return None
    return connection.execute(sa.select(VERSIONS.c.version_num)).scalar()
