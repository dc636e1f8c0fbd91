"""An accent that stands alone is the apostrophe that was meant: the grave one beside plain letters, too, and the acute.

The acute one was taken apart, into a space and a mark, before it was looked at.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

_CHANGES = (
    ("THEN lower(said) ELSE", "THEN translate(lower(said), '`', '''') ELSE"),
    ("normalize(said, NFKD)", "normalize(translate(said, '´', ''''), NFKD)"),
)


def upgrade() -> None:
    for before, after in _CHANGES:
        _replace(before, after)
    _read_again()


def downgrade() -> None:
    for before, after in _CHANGES:
        _replace(after, before)
    _read_again()


def _replace(old: str, new: str) -> None:
    """Change how letters are folded, in what is kept of tasks and in what is looked for."""
    op.execute(f"""
        DO $do$
        DECLARE
            function regprocedure;
        BEGIN
            FOREACH function IN ARRAY
                ARRAY['task_words(text, text, text, text[])', 'task_terms(text)']::regprocedure[]
            LOOP
                EXECUTE replace(pg_get_functiondef(function), $old${old}$old$, $new${new}$new$);
            END LOOP;
        END $do$
    """)


def _read_again() -> None:
    """Make anew what is kept of the tasks that have such an accent."""
    op.execute("UPDATE tasks SET title = title WHERE title || description || array_to_string(tags, ' ') ~ '[`´]'")
