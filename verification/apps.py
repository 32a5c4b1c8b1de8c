"""The gate: signing, confirmation, signals and moderation."""

from django.apps import AppConfig
from django.conf import settings


class VerificationConfig(AppConfig):
    name = "verification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if settings.ANYMAIL:
            from verification.bounces import listen

            listen()
