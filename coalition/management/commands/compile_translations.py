"""`manage.py compile_translations`: compile the message files that changed; needs no gettext."""

from typing import Any

from django.core.management.base import BaseCommand

from coalition.running.translations import compile_translations


class Command(BaseCommand):
    """Compile what is newer than its compiled file."""

    help = "Compile the message files that changed since they were compiled."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile and name the files."""
        for path in compile_translations():
            self.stdout.write(f"Compiled {path}")
