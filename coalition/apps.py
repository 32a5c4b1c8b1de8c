"""Wiring: what joins the rooms."""

from django.apps import AppConfig


class CoalitionConfig(AppConfig):
    name = "coalition"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from coalition import checks, privacy, second_step  # noqa: F401
        from coalition.operators import offices, tables  # noqa: F401
