"""Subtasks: a task may be part of another one, one level deep."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE tasks ADD COLUMN parent_id bigint,
            ADD CONSTRAINT parent_is_there FOREIGN KEY (user_id, parent_id) REFERENCES tasks (user_id, id)
                ON DELETE CASCADE,
            ADD CONSTRAINT no_task_is_its_own_subtask CHECK (parent_id <> id),
            ADD CONSTRAINT subtask_does_not_repeat CHECK (parent_id IS NULL OR recurrence IS NULL);
        CREATE INDEX tasks_by_parent ON tasks (user_id, parent_id) WHERE parent_id IS NOT NULL
    """)
    # What is told of a task that has subtasks or is one, to be put into its JSON. As a function, and a cheap one, so
    # that PostgreSQL keeps its plan of a list: of subqueries it would expect so much that it would plan each time.
    op.execute("""
        CREATE FUNCTION task_family(owner text, task bigint, parent bigint) RETURNS text
        LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1 AS $$
        DECLARE
            told text;
        BEGIN
            IF parent IS NOT NULL THEN
                SELECT ',"parent_title":' || to_json(title) INTO told FROM tasks WHERE user_id = owner AND id = parent;
            ELSE
                SELECT ',"subtasks":' || json_build_object('done', count(completed_at), 'total', count(*)) INTO told
                FROM tasks WHERE user_id = owner AND parent_id = task AND deleted_at IS NULL HAVING count(*) > 0;
            END IF;
            RETURN coalesce(told, '');
        END $$
    """)
    # Judged at the end of a transaction, as the rows are then: a statement may take a parent and its subtasks in any
    # order. The parent is locked, so that of two transactions the second one sees what the first one did.
    op.execute("""
        CREATE FUNCTION check_subtasks() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            task record;
        BEGIN
            SELECT parent_id, deleted_at IS NULL AS is_there INTO task
            FROM tasks WHERE user_id = NEW.user_id AND id = NEW.id;
            IF task.parent_id IS NOT NULL AND task.is_there THEN
                PERFORM FROM tasks WHERE user_id = NEW.user_id AND id = task.parent_id
                    AND parent_id IS NULL AND deleted_at IS NULL FOR SHARE;
                IF NOT FOUND THEN
                    RAISE check_violation USING CONSTRAINT = 'subtasks_have_one_level',
                        MESSAGE = 'a subtask needs a parent that is there and is no subtask';
                END IF;
            END IF;
            IF task.parent_id IS NOT NULL OR NOT task.is_there THEN
                PERFORM FROM tasks WHERE user_id = NEW.user_id AND parent_id = NEW.id AND deleted_at IS NULL;
                IF FOUND THEN
                    RAISE check_violation USING CONSTRAINT = 'subtasks_have_one_level',
                        MESSAGE = 'a task with subtasks that are there stays, and becomes no subtask';
                END IF;
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER subtask_added AFTER INSERT ON tasks DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION check_subtasks();
        CREATE CONSTRAINT TRIGGER subtask_moved AFTER UPDATE OF parent_id, deleted_at ON tasks
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NEW.parent_id IS DISTINCT FROM OLD.parent_id
                  OR (NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL))
            EXECUTE FUNCTION check_subtasks()
    """)


def downgrade() -> None:
    op.execute("""
        DROP TRIGGER subtask_added ON tasks;
        DROP TRIGGER subtask_moved ON tasks;
        DROP FUNCTION check_subtasks;
        DROP FUNCTION task_family;
        ALTER TABLE tasks DROP COLUMN parent_id
    """)
