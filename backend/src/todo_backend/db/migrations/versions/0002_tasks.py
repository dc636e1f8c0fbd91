"""Tasks, and the memory of requests that may be repeated."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        CREATE TYPE task_priority AS ENUM ('none', 'low', 'medium', 'high')
    """)
    # array_to_string is only STABLE because of types whose output depends on settings; text is none of them.
    op.execute("""
        CREATE FUNCTION task_search_vector(title text, description text, tags text[]) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN to_tsvector('simple', title || ' ' || description || ' ' || array_to_string(tags, ' '))
    """)
    op.execute("""
        CREATE TABLE tasks (
            id bigint GENERATED ALWAYS AS IDENTITY,
            user_id text NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
            description text NOT NULL DEFAULT '' CHECK (char_length(description) <= 1000),
            priority task_priority NOT NULL DEFAULT 'none',
            due_date date,
            due_time time(0),
            time_zone text,
            tags text[] NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            completed_at timestamptz,
            deleted_at timestamptz,
            completed boolean NOT NULL GENERATED ALWAYS AS (completed_at IS NOT NULL) STORED,
            due_at timestamptz GENERATED ALWAYS AS
                (timezone(time_zone, due_date + coalesce(due_time, '23:59:59'))) STORED,
            search tsvector NOT NULL GENERATED ALWAYS AS (task_search_vector(title, description, tags)) STORED,
            PRIMARY KEY (user_id, id),  -- every statement is about one user's tasks
            CONSTRAINT due_time_needs_a_date CHECK (due_time IS NULL OR due_date IS NOT NULL),
            CONSTRAINT due_date_has_a_zone CHECK ((due_date IS NULL) = (time_zone IS NULL))
        )
    """)
    # One index for each order, split by `completed`, so that a page costs the same however many tasks
    # there are and however many of them are done. The order of creation has the primary key, too.
    op.execute("""
        CREATE INDEX tasks_by_created ON tasks (user_id, completed, id) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_due ON tasks (user_id, completed, coalesce(due_at, 'infinity'), id)
            WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_priority ON tasks (user_id, completed, priority, id) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_title ON tasks (user_id, completed, lower(title), id) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_word ON tasks USING gin (search) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_tag ON tasks USING gin (tags) WHERE deleted_at IS NULL AND tags <> '{}';
        CREATE INDEX tasks_deleted ON tasks (user_id, deleted_at) WHERE deleted_at IS NOT NULL
    """)
    op.execute("""
        CREATE TABLE idempotency_keys (
            user_id text NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            key text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 200),
            fingerprint bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            body text,
            PRIMARY KEY (user_id, key)
        );
        CREATE INDEX idempotency_keys_by_age ON idempotency_keys (user_id, created_at)
    """)


def downgrade() -> None:
    op.execute("""
        DROP TABLE idempotency_keys;
        DROP TABLE tasks;
        DROP FUNCTION task_search_vector;
        DROP TYPE task_priority
    """)
