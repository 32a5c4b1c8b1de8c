"""Who signed, the roll and the counts."""

from django.apps import AppConfig


class SignatoriesConfig(AppConfig):
    name = "signatories"
    default_auto_field = "django.db.models.BigAutoField"
