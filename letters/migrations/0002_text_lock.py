from django.db import migrations

# The text that people sign cannot be changed in place, whoever holds the connection: a change makes
# a new version. Summary and share text are not part of what is signed.
LOCK = """
CREATE FUNCTION letters_refuse_text_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM letters_version WHERE id = OLD.version_id AND published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the text of a published version cannot change; make a new version'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letters_translation_text_lock
    BEFORE UPDATE OF version_id, language, is_authoritative, title, addressee, body_markdown
    ON letters_translation FOR EACH ROW
    WHEN ((OLD.version_id, OLD.language, OLD.is_authoritative, OLD.title, OLD.addressee,
           OLD.body_markdown)
          IS DISTINCT FROM
          (NEW.version_id, NEW.language, NEW.is_authoritative, NEW.title, NEW.addressee,
           NEW.body_markdown))
    EXECUTE FUNCTION letters_refuse_text_change();
"""
UNLOCK = """
DROP TRIGGER letters_translation_text_lock ON letters_translation;
DROP FUNCTION letters_refuse_text_change();
"""


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]
    operations = [migrations.RunSQL(LOCK, UNLOCK)]
