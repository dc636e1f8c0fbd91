"""Which process holds a key: one that was frozen and wakes up finds that another has taken over."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE idempotency_keys ADD COLUMN owner uuid")


def downgrade() -> None:
    op.execute("ALTER TABLE idempotency_keys DROP COLUMN owner")
