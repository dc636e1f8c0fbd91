"""Search finds what people type, in any script; titles are in natural order, priorities by date; tasks can be moved."""

from alembic import op

revision = "0010"
down_revision = "0009"

# Accents, vowel points and what nobody sees.
_MARKS = (
    r"[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    r"\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    r"\ufe00-\ufe0f\ufeff]"
)
# One for one: quotes, dashes, letters with strokes, the Arabic letters that Urdu keyboards write otherwise, digits.
_VARIANTS = {
    "‘’‚‛ʼ`´": "'",
    "“”„‟«»": '"',
    "‐‑‒–—―−": "-",
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ς": "σ",
    "يى": "ی", "ك": "ک", "ہ": "ه",
    **{f"{chr(0x660 + digit)}{chr(0x6F0 + digit)}": str(digit) for digit in range(10)},
}  # fmt: skip
_FROM = "".join(_VARIANTS)
_TO = "".join(folded * len(variants) for variants, folded in _VARIANTS.items()).replace("'", "''")


def _folded(text: str) -> str:
    """`text` in SQL, in small letters without accents, in one way to write each.

    Functions of an index know no schema but PostgreSQL's own, so each has this in it.
    """
    return f"""
        CASE WHEN octet_length({text}) = char_length({text}) THEN lower({text}) ELSE normalize(
            replace(replace(replace(replace(
                translate(lower(regexp_replace(normalize({text}, NFKD), '{_MARKS}', '', 'g')), '{_FROM}', '{_TO}'),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), NFC) END
    """


def upgrade() -> None:
    # The beginning of a term is found where a letter or digit meets another character, and at each character that is
    # neither, or of a script that is written without spaces or with prefixes: all from Hebrew (U+0590) on. A term goes
    # on to the next space, so that C++ is not C. Each begins with a hash of its owner: others' tasks cost nothing.
    op.execute(rf"""
        CREATE FUNCTION task_words(user_id text, title text, description text, tags text[]) RETURNS tsvector
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE
            said text := title || ' ' || description || ' ' || array_to_string(tags, ' ');
            folded text := {_folded("said")};
            owner text := left(md5(user_id), 6);
            word text;
            term text;
            code int;
            is_letter boolean;
            follows_letter boolean;
            terms text[] := '{{}}';
        BEGIN
            IF folded ~ '[\t-\r]' THEN
                folded := regexp_replace(folded, '\s', ' ', 'g');
            END IF;
            FOREACH word IN ARRAY string_to_array(folded, ' ') LOOP
                IF word !~ '[^a-z0-9]' THEN
                    terms := terms || left(word, 32);
                    CONTINUE;
                END IF;
                follows_letter := false;
                FOR place IN 1 .. length(word) LOOP
                    code := ascii(substr(word, place, 1));
                    is_letter := code BETWEEN 97 AND 122 OR code BETWEEN 48 AND 57
                        OR (code BETWEEN 192 AND 1423 AND code NOT IN (215, 247));
                    IF code = 39 THEN  -- an apostrophe is found by itself, and no part of a word
                        terms := terms || ''''::text;
                    ELSIF NOT (is_letter AND follows_letter) THEN
                        term := left(
                            replace(substr(word, place, 40), '''', ''), CASE WHEN code < 1424 THEN 32 ELSE 12 END);
                        terms := terms || CASE WHEN is_letter THEN rtrim(term, ',;:.!?') ELSE term END;
                    END IF;
                    follows_letter := is_letter;
                END LOOP;
            END LOOP;
            RETURN array_to_tsvector(
                string_to_array(owner || array_to_string(array_remove(terms, ''), ' ' || owner), ' '));
        END $$
    """)
    # What a person looks for, as terms: a comma or a full stop at a word's end says nothing.
    op.execute(rf"""
        CREATE FUNCTION task_terms(said text) RETURNS text[]
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE
            folded text := {_folded("said")};
            word text;
            terms text[] := '{{}}';
        BEGIN
            FOREACH word IN ARRAY regexp_split_to_array(folded, '\s+') LOOP
                word := coalesce(nullif(rtrim(word, ',;:.!?'), ''), word);
                word := coalesce(nullif(replace(word, '''', ''), ''), left(word, 1));
                IF word <> '' THEN
                    terms := terms || left(word, CASE WHEN ascii(word) < 1424 THEN 32 ELSE 12 END);
                END IF;
            END LOOP;
            RETURN terms;
        END $$
    """)
    op.execute(r"""
        CREATE FUNCTION task_query(user_id text, said text) RETURNS tsquery
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN (
            SELECT string_agg(
                '''' || left(md5(user_id), 6) || replace(replace(term, '\', '\\'), '''', '''''') || ''':*', ' & ')
            FROM unnest(task_terms(said)) AS term)::tsquery
    """)
    # A number counts by its value: with as many digits as the longest that people write. An index takes no more than
    # so many bytes, and some characters become eighteen.
    op.execute(rf"""
        CREATE FUNCTION task_title_key(title text) RETURNS text
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE
            folded text := {_folded("title")};
        BEGIN
            IF folded ~ '[0-9]' THEN
                folded := regexp_replace(
                    regexp_replace(folded, '([0-9]+)', '00000000000000\1', 'g'), '0*([0-9]{{15,}})', '\1', 'g');
            END IF;
            RETURN left(folded, 200);
        END $$
    """)
    # As a dictionary has the letters of all scripts, where PostgreSQL was built with ICU; else by their codes.
    op.execute("""
        DO $$ BEGIN
            CREATE COLLATION task_order (provider = icu, locale = 'und');
        EXCEPTION WHEN feature_not_supported THEN
            CREATE COLLATION task_order FROM "C";
        END $$
    """)
    op.execute("""
        DROP INDEX tasks_by_title, tasks_by_priority, tasks_by_word;
        ALTER TABLE tasks DROP COLUMN search, ADD COLUMN rank numeric,
            ADD COLUMN search tsvector NOT NULL
                GENERATED ALWAYS AS (task_words(user_id, title, description, tags)) STORED,
            ADD COLUMN title_key text COLLATE task_order NOT NULL GENERATED ALWAYS AS (task_title_key(title)) STORED;
        DROP FUNCTION task_search_vector
    """)
    # Without `fastupdate`: a search would read the entries that wait, again for each word that may be misspelled.
    op.execute("""
        CREATE INDEX tasks_by_word ON tasks USING gin (search) WITH (fastupdate = off) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_title ON tasks (user_id, completed, title_key, id) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_priority ON tasks (
            user_id, completed,
            (CASE priority WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END),
            coalesce(due_at, 'infinity'), id) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_rank ON tasks (user_id, completed, coalesce(rank, id), id) WHERE deleted_at IS NULL
    """)


def downgrade() -> None:
    op.execute("""
        DROP INDEX tasks_by_title, tasks_by_priority, tasks_by_word, tasks_by_rank;
        CREATE FUNCTION task_search_vector(title text, description text, tags text[]) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN to_tsvector('simple', title || ' ' || description || ' ' || array_to_string(tags, ' '));
        ALTER TABLE tasks DROP COLUMN search, DROP COLUMN title_key, DROP COLUMN rank,
            ADD COLUMN search tsvector NOT NULL
                GENERATED ALWAYS AS (task_search_vector(title, description, tags)) STORED;
        CREATE INDEX tasks_by_priority ON tasks (user_id, completed, priority, id) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_title ON tasks (user_id, completed, lower(title), id) WHERE deleted_at IS NULL;
        CREATE INDEX tasks_by_word ON tasks USING gin (search) WHERE deleted_at IS NULL;
        DROP FUNCTION task_query;
        DROP FUNCTION task_terms;
        DROP FUNCTION task_words;
        DROP FUNCTION task_title_key;
        DROP COLLATION task_order
    """)
