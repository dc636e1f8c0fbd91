"""Alembic's entry: runs the revisions inside the transaction that `todo_backend.db.upgrade` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
