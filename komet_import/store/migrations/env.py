"""Alembic's entry: runs the migrations on the connection, and in the transaction, that `store.database` opened."""

from __future__ import annotations

from alembic import context

from komet_import.store.models import metadata

# SQLite's DDL is transactional too: a migration that fails leaves nothing half done.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
