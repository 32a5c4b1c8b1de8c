"""`manage.py doctor`: what is wrong with this installation, and how to mend it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from coalition.running.examination import examine
from coalition.running.findings import Finding, Level


class Command(BaseCommand):
    """Print one line a finding; exit with 1 when something blocks."""

    help = "Name what is wrong with this installation and how to mend it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings as they come."""
        found = []
        for finding in examine():
            self._print(finding)
            found.append(finding.level)
        if Level.BLOCKS in found:
            self.stdout.write("Something blocks. Mend the first such line, then ask again.")
            sys.exit(1)
        self.stdout.write("Nothing blocks.")

    def _print(self, finding: Finding) -> None:
        style = {
            Level.OK: self.style.SUCCESS,
            Level.WARNING: self.style.WARNING,
            Level.BLOCKS: self.style.ERROR,
        }[finding.level]
        self.stdout.write(
            f"{style(f'{finding.level.value:<8}')} {finding.subject:<13} {finding.text}"
        )
        if finding.mend:
            self.stdout.write(f"{'':<8} {'':<13} → {finding.mend}")
        self.stdout.flush()
