from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

# What a reader may search of an entry, as words in which case, accents and vowel points do not count.
# It is computed only for rows that are listed (the index is partial), so the insert of the sign form
# costs what it did. Each word carries its letter's number: a search reads no other letter's postings.
# Han, kana and Hangul are written without spaces, so each of their characters is a word.
# A representative's own name is not public and is not searched.
FUNCTIONS = r"""
CREATE FUNCTION roll_fold(line text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN trim(regexp_replace(regexp_replace(translate(normalize(regexp_replace(
    casefold(normalize(line, NFKD) COLLATE pg_unicode_fast),
    '[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200c\u200d]',
    '', 'g'), NFC), 'øłđħıىیکة', 'oldhiييكه'),
    '[[:punct:][:space:]]+', ' ', 'g'),
    '([\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g'));

CREATE FUNCTION roll_words(
    letter_id bigint, capacity text, name text, organisation_name text, affiliation text
) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500
RETURN array_to_tsvector(ARRAY(
    SELECT letter_id || ':' || word
    FROM regexp_split_to_table(roll_fold(
        CASE capacity WHEN 'organisation' THEN organisation_name ELSE name || ' ' || affiliation END
    ), ' +') AS word
    WHERE word <> ''
));

-- The words of a search: a single letter is an initial, longer ones are beginnings. NULL: no word.
CREATE FUNCTION roll_query(letter_id bigint, line text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT string_agg(
        quote_literal(letter_id || ':' || word)
            || CASE WHEN length(word) > 1 THEN ':*' ELSE '' END,
        ' & '
    )::tsquery
    FROM (
        SELECT word FROM regexp_split_to_table(roll_fold(line), ' +') AS word
        WHERE word <> '' LIMIT 8
    ) AS words
);

CREATE INDEX signature_roll_words ON signatories_signature USING gin (
    roll_words(letter_id, capacity, name, organisation_name, affiliation)
) WITH (gin_pending_list_limit = 256)
WHERE status = 'counted' AND show_name AND consent_web;
"""
DROP = """
DROP INDEX signature_roll_words;
DROP FUNCTION roll_query(bigint, text);
DROP FUNCTION roll_words(bigint, text, text, text, text);
DROP FUNCTION roll_fold(text);
"""
LISTED = models.Q(status="counted", show_name=True, consent_web=True)


class Migration(migrations.Migration):
    dependencies = [("signatories", "0005_likeness")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.AddIndex(
            "signature", GinIndex(fields=("marks",), name="signature_roll_marks", condition=LISTED)
        ),
        migrations.AddIndex(
            "signature",
            models.Index(
                fields=("letter", "capacity", "country", "sort_key", "id"),
                name="signature_roll_country",
                condition=LISTED,
            ),
        ),
        migrations.AddIndex(
            "signature",
            models.Index(
                fields=("letter", "capacity", "confirmed_at", "id"),
                name="signature_roll_time",
                condition=LISTED,
            ),
        ),
    ]
