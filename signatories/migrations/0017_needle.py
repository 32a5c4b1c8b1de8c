from django.db import migrations

# For who walks the roll past very many lines: the longest word as it stands in a line that has it.
# `strpos` passes a line in two thirds of the time that LIKE needs.
FUNCTION = """
CREATE FUNCTION roll_needle(line text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT ' ' || word FROM unnest(roll_asked(line)) AS word ORDER BY length(word) DESC LIMIT 1
);
"""


class Migration(migrations.Migration):
    dependencies = [("signatories", "0016_telling_words")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION roll_needle(text)")]
