"""The journal of tasks: what every change was, where it came from, and what it takes to undo it."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # `before` and `after` have the fields that changed; a new task has no `before`, and all fields after.
    # A batch of the kind `undo` or `redo` has the change that it is about as its `subject`.
    # Identities commit out of order: who follows the journal goes by `transaction`, up to the oldest one that runs.
    op.execute("""
        CREATE TABLE task_events (
            id bigint GENERATED ALWAYS AS IDENTITY,
            task_id bigint NOT NULL,
            transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
            at timestamptz NOT NULL DEFAULT now(),
            batch uuid NOT NULL,
            subject uuid,
            user_id text NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            kind text NOT NULL DEFAULT 'change' CHECK (kind IN ('change', 'undo', 'redo')),
            entry_point text NOT NULL CHECK (entry_point IN ('page', 'rest', 'chat', 'mcp')),
            source text,
            before jsonb,
            after jsonb NOT NULL,
            PRIMARY KEY (user_id, id),
            CONSTRAINT undo_has_a_subject CHECK ((kind = 'change') = (subject IS NULL))
        );
        CREATE INDEX task_events_by_batch ON task_events (user_id, batch, id);
        CREATE INDEX task_events_by_subject ON task_events (user_id, subject, id) WHERE subject IS NOT NULL;
        CREATE INDEX task_events_by_age ON task_events USING brin (at)
    """)


def downgrade() -> None:
    op.execute("DROP TABLE task_events")
