from django.db import migrations

# Whatever lets a signature count (confirming, a moderator, signing again), one that stands under a
# text from before the letter's last material change is asked to sign the new one instead. The
# letter's row is read under a lock that publishing a version (FOR UPDATE) waits for and holds up:
# a signature confirmed in that moment sees the version. Rows that counted before are asked by the
# service that publishes, which is why only a change to "counted" comes here: it holds no row that
# the publication waits for.
GUARD = """
CREATE FUNCTION signatories_ask_for_new_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM letters_letter WHERE id = NEW.letter_id FOR KEY SHARE;
    IF EXISTS (
        SELECT FROM letters_version newer
        JOIN letters_version signed ON signed.id = NEW.version_id
        WHERE newer.letter_id = NEW.letter_id AND newer.kind = 'material'
          AND newer.published_at IS NOT NULL AND newer.number > signed.number
    ) THEN
        NEW.status := 'asked';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signatories_new_text_is_asked_insert
    BEFORE INSERT ON signatories_signature FOR EACH ROW
    WHEN (NEW.status = 'counted') EXECUTE FUNCTION signatories_ask_for_new_text();
CREATE TRIGGER signatories_new_text_is_asked
    BEFORE UPDATE OF status, version_id ON signatories_signature FOR EACH ROW
    WHEN (NEW.status = 'counted'
          AND (OLD.status <> 'counted' OR OLD.version_id <> NEW.version_id))
    EXECUTE FUNCTION signatories_ask_for_new_text();
"""
RELEASE = """
DROP TRIGGER signatories_new_text_is_asked ON signatories_signature;
DROP TRIGGER signatories_new_text_is_asked_insert ON signatories_signature;
DROP FUNCTION signatories_ask_for_new_text();
"""


class Migration(migrations.Migration):
    dependencies = [("signatories", "0007_new_text"), ("letters", "0003_new_text")]
    operations = [migrations.RunSQL(GUARD, RELEASE)]
