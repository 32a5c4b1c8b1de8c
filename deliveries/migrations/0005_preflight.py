from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0004_list_root")]

    operations = [
        migrations.AddField(
            "dossierfile",
            "facts",
            models.JSONField(
                blank=True, help_text="What preflight.measure read back from it.", null=True
            ),
        ),
    ]
