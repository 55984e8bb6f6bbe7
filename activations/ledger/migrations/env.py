"""What alembic runs to reach the database: the connection that sluice.activations.ledger.migrate
hands over, in its transaction.
"""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
