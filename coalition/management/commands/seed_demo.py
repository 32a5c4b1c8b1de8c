"""`manage.py seed_demo`: the three demo letters with their signatories, offices and organisers."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coalition.demo import ORGANISER_EMAIL, SEED
from coalition.demo.accounts import is_demo_installation
from coalition.demo.plans import SMALLEST
from coalition.demo.seeding import seed_demo


class Command(BaseCommand):
    """Fills an installation with the demo; a second run changes nothing."""

    help = "Load the demo letters, signatories, offices and organisers (what is there stays)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="empty the demo letters and sign them anew"
        )
        parser.add_argument(
            "--scale", type=int, metavar="N", help="people on the one-sentence statement"
        )
        parser.add_argument("--seed", type=int, default=SEED, help="another number, other people")
        parser.add_argument(
            "--with-known-passwords",
            action="store_true",
            help="give new organisers the public demo password although this is no demo",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and say what came of it."""
        begun = time.perf_counter()
        if options["scale"] is not None and options["scale"] < SMALLEST:
            raise CommandError(f"--scale takes a number from {SMALLEST} on.")
        known = options["with_known_passwords"] or is_demo_installation()
        seeded = seed_demo(
            known_passwords=known,
            reset=options["reset"],
            scale=options["scale"],
            seed=options["seed"],
        )
        for tally in seeded.tallies:
            self.stdout.write(
                f"{tally.letter.slug}: {tally.people:,} people and {tally.organisations:,} "
                f"organisations counted of {tally.received:,} received"
            )
        if not seeded.tallies:
            self.stdout.write("The demo letters are there already; --reset signs them anew.")
        if seeded.password is not None:
            self.stdout.write(f"Organiser: {ORGANISER_EMAIL}, password {seeded.password}")
            if not known:
                self.stdout.write("This password was made up now and is kept nowhere: note it.")
        self.stdout.write(f"{time.perf_counter() - begun:.1f} s")
