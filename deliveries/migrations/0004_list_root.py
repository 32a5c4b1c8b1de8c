import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from common.merkle import tree_root

# The leaf of an entry in its delivery's tree (RFC 6962, 2.1): a zero byte, then JSON without spaces.
LEAF = r"""
CREATE FUNCTION deliveries_leaf(
    salt uuid, version integer, kind text, name text, role text, affiliation text, city text,
    country text
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256('\x00'::bytea || convert_to(
        '[' || concat_ws(',', to_json(salt::text), version, to_json(kind), to_json(name),
                         to_json(role), to_json(affiliation), to_json(city), to_json(country))
        || ']', 'UTF8'))
$$;
"""
FILL = """
DROP TRIGGER deliveries_entry_frozen ON deliveries_deliveryentry;
DROP TRIGGER deliveries_delivery_frozen ON deliveries_delivery;
UPDATE deliveries_deliveryentry AS entry
SET salt = fresh.salt,
    version_number = fresh.number,
    leaf = deliveries_leaf(fresh.salt, fresh.number, entry.kind, entry.name, entry.role_title,
                           entry.affiliation, entry.city, entry.country)
FROM (SELECT each.id, gen_random_uuid() AS salt, version.number
      FROM deliveries_deliveryentry AS each
      JOIN deliveries_delivery AS delivery ON delivery.id = each.delivery_id
      JOIN letters_version AS version ON version.id = delivery.version_id) AS fresh
WHERE fresh.id = entry.id;
"""
FACTS = (
    *("letter_id", "office_id", "version_id", "number", "language", "text_sha256", "subject"),
    *("required_statement", "rules", "totals", "frozen_at"),
)


def freeze(*facts):
    """The trigger that keeps these columns of a delivery once it is frozen."""
    old, new = (", ".join(f"{row}.{fact}" for fact in facts) for row in ("OLD", "NEW"))
    return f"""
    CREATE TRIGGER deliveries_delivery_frozen
        BEFORE UPDATE ON deliveries_delivery FOR EACH ROW
        WHEN (OLD.status <> 'frozen' AND ({old}) IS DISTINCT FROM ({new}))
        EXECUTE FUNCTION deliveries_refuse_change();
    """


# An entry may be erased, once, and change in no other way.
GUARD = """
CREATE FUNCTION deliveries_refuse_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
       AND (OLD.id, OLD.delivery_id, OLD.signature_id, OLD.position, OLD.kind, OLD.featured_rank,
            OLD.version_number, OLD.leaf)
           IS NOT DISTINCT FROM
           (NEW.id, NEW.delivery_id, NEW.signature_id, NEW.position, NEW.kind, NEW.featured_rank,
            NEW.version_number, NEW.leaf)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a frozen delivery cannot change; make another delivery'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER deliveries_entry_frozen
    BEFORE UPDATE OR DELETE ON deliveries_deliveryentry
    FOR EACH ROW EXECUTE FUNCTION deliveries_refuse_entry_change();
"""
UNGUARD = """
DROP TRIGGER deliveries_delivery_frozen ON deliveries_delivery;
DROP TRIGGER deliveries_entry_frozen ON deliveries_deliveryentry;
DROP FUNCTION deliveries_refuse_entry_change();
CREATE TRIGGER deliveries_entry_frozen
    BEFORE UPDATE OR DELETE ON deliveries_deliveryentry
    FOR EACH ROW EXECUTE FUNCTION deliveries_refuse_change();
"""


def write_roots(apps, schema_editor):
    """The roots of deliveries that were frozen before there were any."""
    for delivery in apps.get_model("deliveries", "Delivery").objects.all():
        leaves = delivery.entries.order_by("position").values_list("leaf", flat=True)
        delivery.list_root = tree_root([bytes(leaf) for leaf in leaves]).hex()
        delivery.save(update_fields=["list_root"])


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0003_letter_without_names"),
        ("letters", "0004_surge_mode"),
    ]

    operations = [
        migrations.RunSQL(LEAF, "DROP FUNCTION deliveries_leaf"),
        migrations.RemoveConstraint("deliveryentry", "delivery_entry_is_named"),
        migrations.AddField(
            "delivery",
            "list_root",
            models.CharField(
                blank=True, help_text="SHA-256 over all entries (RFC 6962).", max_length=64
            ),
        ),
        migrations.AddField(
            "delivery",
            "since",
            models.ForeignKey(
                blank=True,
                help_text="The delivery to the same office that this one continues.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deliveries.delivery",
            ),
        ),
        migrations.AddField(
            "deliveryentry", "erased_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            "deliveryentry",
            "marks",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("work_domain", "Work address"),
                        ("guild_code", "Guild member"),
                        ("invitation", "Invited"),
                        ("openid", "Linked account"),
                        ("vouched", "Vouched for"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddField("deliveryentry", "salt", models.UUIDField(null=True)),
        migrations.AddField("deliveryentry", "leaf", models.BinaryField(max_length=32, null=True)),
        migrations.AddField(
            "deliveryentry",
            "version_number",
            models.PositiveIntegerField(help_text="The text that was signed.", null=True),
        ),
        migrations.RunSQL(FILL, freeze(*FACTS)),
        migrations.RunPython(write_roots, migrations.RunPython.noop),
        migrations.AlterField("deliveryentry", "leaf", models.BinaryField(max_length=32)),
        migrations.AlterField(
            "deliveryentry",
            "version_number",
            models.PositiveIntegerField(help_text="The text that was signed."),
        ),
        migrations.AddIndex(
            "deliveryentry", models.Index(fields=["signature_id"], name="delivery_entry_of")
        ),
        migrations.AddConstraint(
            "delivery",
            models.CheckConstraint(
                condition=Q(status="frozen") | Q(list_root__regex="^[0-9a-f]{64}$"),
                name="delivery_has_list_root",
            ),
        ),
        migrations.AddConstraint(
            "deliveryentry",
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, salt__isnull=False) & ~Q(name="")
                | Q(
                    erased_at__isnull=False,
                    salt__isnull=True,
                    name="",
                    role_title="",
                    affiliation="",
                    city="",
                    country="",
                ),
                name="delivery_entry_named_or_erased",
            ),
        ),
        migrations.RunSQL(GUARD + freeze(*FACTS, "list_root", "since_id"), UNGUARD),
    ]
