from django.db import migrations

# The text that people sign cannot be changed in place by any statement on its rows: a change makes
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
    RETURN coalesce(NEW, OLD);
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
CREATE TRIGGER letters_translation_stays
    BEFORE DELETE ON letters_translation FOR EACH ROW
    EXECUTE FUNCTION letters_refuse_text_change();

CREATE FUNCTION letters_refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version stays as it is; make a new one'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER letters_version_lock
    BEFORE UPDATE ON letters_version FOR EACH ROW
    WHEN (OLD.published_at IS NOT NULL
          AND (OLD.letter_id, OLD.number, OLD.kind, OLD.text_sha256, OLD.published_at)
              IS DISTINCT FROM
              (NEW.letter_id, NEW.number, NEW.kind, NEW.text_sha256, NEW.published_at))
    EXECUTE FUNCTION letters_refuse_version_change();
CREATE TRIGGER letters_version_stays
    BEFORE DELETE ON letters_version FOR EACH ROW
    WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION letters_refuse_version_change();
"""
UNLOCK = """
DROP TRIGGER letters_version_stays ON letters_version;
DROP TRIGGER letters_version_lock ON letters_version;
DROP FUNCTION letters_refuse_version_change();
DROP TRIGGER letters_translation_stays ON letters_translation;
DROP TRIGGER letters_translation_text_lock ON letters_translation;
DROP FUNCTION letters_refuse_text_change();
"""


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial")]
    operations = [migrations.RunSQL(LOCK, UNLOCK)]
