from django.db import migrations, models

FACTS = (
    *("letter_id", "office_id", "version_id", "number", "language", "text_sha256", "subject"),
    *("required_statement", "rules", "totals", "frozen_at", "list_root", "since_id"),
)
DROP = "DROP TRIGGER deliveries_delivery_frozen ON deliveries_delivery;"


def freeze(*facts):
    """The trigger that keeps these columns of a delivery once it is frozen."""
    old, new = (", ".join(f"{row}.{fact}" for fact in facts) for row in ("OLD", "NEW"))
    return f"""
    CREATE TRIGGER deliveries_delivery_frozen
        BEFORE UPDATE ON deliveries_delivery FOR EACH ROW
        WHEN (OLD.status <> 'frozen' AND ({old}) IS DISTINCT FROM ({new}))
        EXECUTE FUNCTION deliveries_refuse_change();
    """


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0009_redaction"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="deliverypiece",
            name="delivery_piece_kind_known",
        ),
        migrations.AddField(
            model_name="delivery",
            name="layout",
            field=models.JSONField(
                default=dict,
                help_text="What goes on paper: `groups` of featured people, what the office is sent.",
            ),
        ),
        migrations.AlterField(
            model_name="deliverypiece",
            name="kind",
            field=models.CharField(
                choices=[
                    ("letter", "Letter"),
                    ("public", "Letter without names"),
                    ("addendum", "Addendum"),
                    ("roll", "Roll"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverypiece",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["letter", "public", "addendum", "roll"])),
                name="delivery_piece_kind_known",
            ),
        ),
        migrations.RunSQL(DROP + freeze(*FACTS, "layout"), DROP + freeze(*FACTS)),
    ]
