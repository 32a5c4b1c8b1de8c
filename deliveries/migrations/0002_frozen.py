from django.db import migrations

# What a delivery froze stays: rows can be neither changed nor deleted, by whichever query. Entries
# come in only while their delivery is `frozen` (one statement of the freeze). The triggers guard
# rows: TRUNCATE, which the table's owner alone may do and with which tests clean up, passes them.
FREEZE = """
CREATE FUNCTION deliveries_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a frozen delivery cannot change; make another delivery'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER deliveries_entry_frozen
    BEFORE UPDATE OR DELETE ON deliveries_deliveryentry
    FOR EACH ROW EXECUTE FUNCTION deliveries_refuse_change();
CREATE TRIGGER deliveries_delivery_frozen
    BEFORE UPDATE ON deliveries_delivery FOR EACH ROW
    WHEN (OLD.status <> 'frozen'
          AND (OLD.letter_id, OLD.office_id, OLD.version_id, OLD.number, OLD.language,
               OLD.text_sha256, OLD.subject, OLD.required_statement, OLD.rules, OLD.totals,
               OLD.frozen_at)
              IS DISTINCT FROM
              (NEW.letter_id, NEW.office_id, NEW.version_id, NEW.number, NEW.language,
               NEW.text_sha256, NEW.subject, NEW.required_statement, NEW.rules, NEW.totals,
               NEW.frozen_at))
    EXECUTE FUNCTION deliveries_refuse_change();

CREATE FUNCTION deliveries_refuse_late_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM deliveries_delivery
        WHERE id IN (SELECT DISTINCT delivery_id FROM entered) AND status <> 'frozen'
    ) THEN
        RAISE EXCEPTION 'a frozen delivery cannot change; make another delivery'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER deliveries_entry_no_late_entry
    AFTER INSERT ON deliveries_deliveryentry REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION deliveries_refuse_late_entry();
"""
THAW = """
DROP TRIGGER deliveries_entry_no_late_entry ON deliveries_deliveryentry;
DROP TRIGGER deliveries_entry_frozen ON deliveries_deliveryentry;
DROP TRIGGER deliveries_delivery_frozen ON deliveries_delivery;
DROP FUNCTION deliveries_refuse_late_entry();
DROP FUNCTION deliveries_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0001_initial")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
