import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0007_operators"),
        ("signatories", "0012_imported"),
        ("verification", "0014_queue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=32, unique=True)),
                ("bytes", models.PositiveBigIntegerField()),
                ("encoding", models.CharField(max_length=12)),
                ("delimiter", models.CharField(max_length=1)),
                ("columns", models.JSONField(default=dict)),
                ("has_header", models.BooleanField(default=True)),
                ("language", models.CharField(max_length=12)),
                ("consents", models.JSONField(default=list)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("mail", "Each gets a mail and confirms; nobody counts before that"),
                            (
                                "attest",
                                "I attest that they agreed, and say below how it can be shown",
                            ),
                        ],
                        default="mail",
                        max_length=10,
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("checking", "Being checked"),
                            ("checked", "Checked"),
                            ("running", "Being imported"),
                            ("done", "Imported"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveIntegerField(default=0)),
                ("bytes_done", models.PositiveBigIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("already", models.PositiveIntegerField(default=0)),
                ("faulty", models.PositiveIntegerField(default=0)),
                ("faults_bytes", models.PositiveBigIntegerField(default=0)),
                ("worker", models.UUIDField(null=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="evidence",
            name="evidence_kind_known",
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("approve", "Approved"),
                    ("hold", "Held"),
                    ("reject", "Rejected"),
                    ("feature", "Featured"),
                    ("unfeature", "No longer featured"),
                    ("vouch", "Vouched for"),
                    ("unvouch", "No longer vouched for"),
                    ("revise", "Changed by the signatory"),
                    ("erase", "Erased by the signatory"),
                    ("evidence", "Strengthened by the signatory"),
                    ("reconsent", "Signed the new text"),
                    ("protect", "Names protected"),
                    ("unprotect", "Name no longer protected"),
                    ("block", "Blocked"),
                    ("unblock", "No longer blocked"),
                    ("surge", "Surge mode switched on"),
                    ("calm", "Surge mode switched off"),
                    ("export", "Exported"),
                    ("create", "Letter begun"),
                    ("add_language", "Translation added"),
                    ("drop_language", "Translation removed"),
                    ("discard", "Draft discarded"),
                    ("settings", "Settings changed"),
                    ("schedule", "Schedule changed"),
                    ("publish", "Letter published"),
                    ("new_text", "New version published"),
                    ("pause", "Signing paused"),
                    ("resume", "Signing resumed"),
                    ("close", "Letter closed"),
                    ("reopen", "Letter reopened"),
                    ("merge", "Merged into another signature"),
                    ("undo", "Decision undone"),
                    ("assign", "Assigned"),
                    ("remark", "Noted"),
                    ("order", "Featured names put in order"),
                    ("save", "Query saved"),
                    ("forget", "Saved query removed"),
                    ("bulk", "Bulk decision"),
                    ("import", "Import begun"),
                    ("import_off", "Import cancelled"),
                    ("import_end", "Import ended"),
                    ("attest", "Imported and attested"),
                    ("paper", "Paper signatures recorded"),
                    ("unpaper", "Paper signatures taken back"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="kind",
            field=models.CharField(
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
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "work_domain",
                            "guild_code",
                            "invitation",
                            "openid",
                            "vouched",
                            "imported",
                        ],
                    )
                ),
                name="evidence_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="letter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="imports",
                to="letters.letter",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "uploaded",
                            "checking",
                            "checked",
                            "running",
                            "done",
                            "cancelled",
                            "failed",
                        ],
                    )
                ),
                name="importrun_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "attest"), _negated=True),
                    ("status", "uploaded"),
                    models.Q(("evidence", ""), _negated=True),
                    _connector="OR",
                ),
                name="importrun_attested_has_evidence",
            ),
        ),
    ]
