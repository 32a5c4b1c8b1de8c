import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0007_operators"),
        ("signatories", "0011_queue_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="tally",
            name="paper",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="signature",
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
                    max_length=12,
                ),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.CreateModel(
            name="PaperCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("collected_on", models.DateField()),
                ("note", models.CharField(max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paper_counts",
                        to="letters.letter",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)), name="papercount_is_some"
                    )
                ],
            },
        ),
    ]
