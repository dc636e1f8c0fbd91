"""Tasks that repeat: the rule is with the one open task of a series, and passes to the next when it is completed."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # `usual` in it has what the series has where this one task of it is another.
    op.execute("""
        ALTER TABLE tasks ADD COLUMN recurrence jsonb,
            ADD CONSTRAINT recurrence_needs_a_date CHECK (recurrence IS NULL OR due_date IS NOT NULL),
            ADD CONSTRAINT completed_does_not_repeat CHECK (recurrence IS NULL OR completed_at IS NULL)
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE tasks DROP COLUMN recurrence")
