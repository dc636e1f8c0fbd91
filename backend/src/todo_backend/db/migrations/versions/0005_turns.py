"""Turns: who may answer in a conversation, and in which order."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # The id is taken while the conversation's row is locked: its order is the order of arrival.
    op.execute("""
        CREATE TABLE turns (
            id bigint GENERATED ALWAYS AS IDENTITY,
            conversation_id bigint NOT NULL,
            user_id text NOT NULL,
            message_id text NOT NULL,
            state text NOT NULL DEFAULT 'waiting'
                CHECK (state IN ('waiting', 'running', 'answered', 'failed', 'stopped')),
            heartbeat timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (conversation_id, id),
            FOREIGN KEY (conversation_id, user_id) REFERENCES conversations (id, user_id) ON DELETE CASCADE
        );
        CREATE INDEX turns_open ON turns (conversation_id, id) WHERE state IN ('waiting', 'running')
    """)


def downgrade() -> None:
    op.execute("DROP TABLE turns")
