from django.db import migrations, models

import signatories.models.rollline

# Searches folded the words of every row that they read. Now a row keeps them, folded once, when it
# comes on the roll: a generated column, so that no service can forget it, and empty for what is not
# listed, so that the insert of the sign form folds nothing.
FUNCTIONS = r"""
DROP INDEX signature_roll_words;
DROP FUNCTION roll_words(bigint, text, text, text, text);

-- As in migration 0006, but with a single space between words, also around Han, kana and Hangul.
CREATE OR REPLACE FUNCTION roll_fold(line text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN trim(regexp_replace(regexp_replace(translate(normalize(regexp_replace(
    casefold(normalize(line, NFKD) COLLATE pg_unicode_fast),
    '[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200c\u200d]',
    '', 'g'), NFC), 'øłđħıىیکة', 'oldhiiyكه'),
    '([\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g'),
    '[[:punct:][:space:]]+', ' ', 'g'));

-- A space on both sides of each word, so that LIKE finds whole words and beginnings. Cut, because
-- a row of an index holds 2,704 bytes: 300 characters of four bytes and a sort key of 1,024.
-- A representative's own name is not public and is not searched.
CREATE FUNCTION roll_line(capacity text, name text, organisation_name text, affiliation text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ' ' || rtrim(left(roll_fold(
    CASE capacity WHEN 'organisation' THEN organisation_name ELSE name || ' ' || affiliation END
), 300)) || ' ';

-- The words and the country, each with its letter and capacity: a search reads nobody else's
-- postings. Only functions on strings, so that PostgreSQL makes it part of the query.
CREATE FUNCTION roll_words(letter_id bigint, capacity text, country text, line text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(string_to_array(
    letter_id || left(capacity, 1) || '=' || country
    || replace(rtrim(line), ' ', ' ' || letter_id || left(capacity, 1) || ':'), ' '));

-- The words of a search: a single letter is an initial, longer ones are beginnings.
CREATE FUNCTION roll_asked(line text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
    SELECT word FROM regexp_split_to_table(roll_fold(line), ' ') AS word WHERE word <> '' LIMIT 8
);

-- NULL where there is no word.
CREATE FUNCTION roll_search(letter_id bigint, capacity text, country text, line text)
RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT (string_agg(
        quote_literal(letter_id || left(capacity, 1) || ':' || word)
            || CASE WHEN length(word) > 1 THEN ':*' ELSE '' END,
        ' & '
    ) || CASE country WHEN '' THEN ''
        ELSE ' & ' || quote_literal(letter_id || left(capacity, 1) || '=' || country) END
    )::tsquery
    FROM unnest(roll_asked(line)) AS word
);

-- What a line must be like to have these words. Folding leaves no signs, so also none of LIKE's.
CREATE FUNCTION roll_patterns(line text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
    SELECT '% ' || word || CASE WHEN length(word) > 1 THEN '%' ELSE ' %' END
    FROM unnest(roll_asked(line)) AS word
);
"""
INDEX = """
CREATE INDEX signature_roll_words ON signatories_signature USING gin (
    roll_words(letter_id, capacity, country, roll_line)
) WITH (gin_pending_list_limit = 256)
WHERE status = 'counted' AND show_name AND consent_web;
"""
LISTED = models.Q(status="counted", show_name=True, consent_web=True)


class Migration(migrations.Migration):
    dependencies = [("signatories", "0009_erased_index")]
    operations = [
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RemoveIndex("signature", "signature_roll"),
        migrations.RemoveIndex("signature", "signature_roll_country"),
        migrations.RemoveIndex("signature", "signature_roll_time"),
        migrations.AddField(
            "signature",
            "roll_line",
            models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        LISTED,
                        then=signatories.models.rollline.RollLine(
                            "capacity", "name", "organisation_name", "affiliation"
                        ),
                    ),
                    default=models.Value(""),
                    output_field=models.TextField(),
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            "signature",
            models.Index(
                fields=("letter", "capacity", "sort_key", "id"),
                include=("roll_line",),
                name="signature_roll",
                condition=LISTED,
            ),
        ),
        migrations.AddIndex(
            "signature",
            models.Index(
                fields=("letter", "capacity", "country", "sort_key", "id"),
                include=("roll_line",),
                name="signature_roll_country",
                condition=LISTED,
            ),
        ),
        migrations.AddIndex(
            "signature",
            models.Index(
                fields=("letter", "capacity", "confirmed_at", "id"),
                include=("country", "roll_line"),
                name="signature_roll_time",
                condition=LISTED,
            ),
        ),
        migrations.RunSQL(INDEX, "DROP INDEX signature_roll_words"),
    ]
