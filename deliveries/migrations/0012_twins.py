from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0011_office_links")]

    operations = [
        migrations.RemoveIndex("deliveryentry", "delivery_entry_of"),
        migrations.AddIndex(
            "deliveryentry",
            models.Index(fields=["signature_id", "delivery"], name="delivery_entry_of"),
        ),
    ]
