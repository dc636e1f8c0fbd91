"""The journal is followed by the transactions that wrote it: what is new to somebody is found by them."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("CREATE INDEX task_events_by_transaction ON task_events (user_id, transaction)")


def downgrade() -> None:
    op.execute("DROP INDEX task_events_by_transaction")
