from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signatories", "0008_new_text_is_asked")]

    operations = [
        migrations.AddIndex(
            "signature",
            models.Index(
                fields=["id"],
                name="signature_erased",
                condition=models.Q(erased_at__isnull=False),
            ),
        ),
    ]
