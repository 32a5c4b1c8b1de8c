from django.db import migrations

# Of a search, the words that are looked up in the index. Very many have a word that begins with
# “de” or “la”: reading all of their postings took five times as long as reading those of the others.
# Where any word is longer than three letters, the short ones are looked for in the rows found.
FUNCTION = """
CREATE FUNCTION roll_telling(line text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT string_agg(word, ' ')
    FROM (
        SELECT word, max(length(word)) OVER () AS longest FROM unnest(roll_asked(line)) AS word
    ) AS words
    WHERE length(word) > 3 OR longest <= 3
);
"""


class Migration(migrations.Migration):
    dependencies = [("signatories", "0015_updates")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION roll_telling(text)")]
