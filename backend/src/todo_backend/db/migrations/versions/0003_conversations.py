"""Conversations: what was said, by chat and by ChatKit alike."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE conversations (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            thread_id text NOT NULL UNIQUE,
            user_id text NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            title text,
            metadata jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (id, user_id)
        );
        CREATE INDEX conversations_by_use ON conversations (user_id, updated_at, id)
    """)
    # `item` is what ChatKit shows; role and content are the same for those who read messages.
    # The two-column reference makes it impossible to put a message into another user's conversation.
    op.execute("""
        CREATE TABLE messages (
            sequence bigint GENERATED ALWAYS AS IDENTITY,
            conversation_id bigint NOT NULL,
            item_id text NOT NULL,
            user_id text NOT NULL,
            role text CHECK (role IN ('user', 'assistant')),
            content text NOT NULL DEFAULT '',
            item jsonb NOT NULL,
            feedback text CHECK (feedback IN ('positive', 'negative')),
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (conversation_id, item_id),
            UNIQUE (conversation_id, sequence),
            FOREIGN KEY (conversation_id, user_id) REFERENCES conversations (id, user_id) ON DELETE CASCADE
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE messages, conversations")
