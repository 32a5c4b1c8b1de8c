from django.db import migrations

# The audit log is only ever added to, row by row; who owns the table can still drop this trigger or
# truncate, so an operator who must prove the log exports it elsewhere.
GUARD = """
CREATE FUNCTION verification_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER verification_auditentry_append_only
    BEFORE UPDATE OR DELETE ON verification_auditentry
    FOR EACH ROW EXECUTE FUNCTION verification_refuse_change();
"""
RELEASE = """
DROP TRIGGER verification_auditentry_append_only ON verification_auditentry;
DROP FUNCTION verification_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("verification", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, RELEASE)]
