from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

# What organisers search: all that was typed, folded by the roll's own rules (migration 0006), each
# word with its letter's number. A trigger writes it once, when the signature is confirmed or its
# words change; the insert of the sign form leaves it empty and is in no index. The model does not
# know the column: nobody reads it back, and no query carries it along.
SEARCH = r"""
ALTER TABLE signatories_signature ADD COLUMN found_by tsvector;

CREATE FUNCTION signatories_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.found_by := CASE WHEN NEW.erased_at IS NULL THEN
        array_to_tsvector(ARRAY(
            SELECT DISTINCT NEW.letter_id || ':' || left(word, 60)
            FROM regexp_split_to_table(roll_fold(concat_ws(' ', NEW.name, NEW.organisation_name,
                NEW.role_title, NEW.affiliation, NEW.city, NEW.comment)), ' +') AS word
            WHERE word <> ''
        )) END;
    RETURN NEW;
END $$;

CREATE TRIGGER signatories_found_by_insert
    BEFORE INSERT ON signatories_signature FOR EACH ROW
    WHEN (NEW.confirmed_at IS NOT NULL) EXECUTE FUNCTION signatories_found_by();
CREATE TRIGGER signatories_found_by
    BEFORE UPDATE OF confirmed_at, erased_at, name, organisation_name, role_title, affiliation, city,
        comment
    ON signatories_signature FOR EACH ROW
    WHEN (NEW.confirmed_at IS NOT NULL) EXECUTE FUNCTION signatories_found_by();

UPDATE signatories_signature SET name = name WHERE confirmed_at IS NOT NULL;

CREATE INDEX signature_found_by ON signatories_signature USING gin (found_by)
WHERE found_by IS NOT NULL;
"""
DROP = """
DROP TRIGGER signatories_found_by ON signatories_signature;
DROP TRIGGER signatories_found_by_insert ON signatories_signature;
DROP FUNCTION signatories_found_by();
ALTER TABLE signatories_signature DROP COLUMN found_by;
"""
CONFIRMED = models.Q(confirmed_at__isnull=False)


def queue_index(name: str, fields: tuple[str, ...], condition: models.Q) -> migrations.AddIndex:
    return migrations.AddIndex(
        "signature",
        models.Index(fields=("letter", *fields, "-id"), name=name, condition=condition),
    )


class Migration(migrations.Migration):
    dependencies = [("signatories", "0010_roll_line")]
    operations = [
        migrations.RunSQL(SEARCH, DROP),
        queue_index("signature_queue_country", ("country",), CONFIRMED),
        queue_index(
            "signature_queue_network",
            ("network_digest",),
            models.Q(confirmed_at__isnull=False, network_digest__isnull=False),
        ),
        queue_index("signature_queue_time", ("-created_at",), CONFIRMED),
        queue_index("signature_queue_source", ("source",), ~models.Q(source="web")),
        queue_index("signature_queue_organisation", (), models.Q(capacity="organisation")),
        migrations.AddIndex(
            "signature",
            GinIndex(
                fields=("signals", "marks"), name="signature_queue_signs", condition=CONFIRMED
            ),
        ),
    ]
