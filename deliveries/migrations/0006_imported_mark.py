import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0005_preflight"),
    ]

    operations = [
        migrations.AlterField(
            model_name="deliveryentry",
            name="marks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("work_domain", "Work address"),
                        ("guild_code", "Guild member"),
                        ("invitation", "Invited"),
                        ("openid", "Linked account"),
                        ("vouched", "Vouched for"),
                        ("imported", "Imported"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
    ]
