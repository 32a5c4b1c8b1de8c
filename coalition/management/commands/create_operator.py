"""`manage.py create_operator ADDRESS`: who runs this installation, and the first who can log in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.canonical import AddressError, clean_email
from letters.services.make_operator import make_operator, password_url


class Command(BaseCommand):
    """Asks for nothing but the address; whoever has the link chooses the password."""

    help = "Make the account of this address an operator, and print a link that sets its password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the operator's mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the operator and say what comes next."""
        try:
            email = clean_email(options["email"])
        except AddressError:
            raise CommandError(f"“{options['email']}” is no complete mail address.") from None
        user = make_operator(email=email)
        self.stdout.write(f"{user.email} is an operator.")
        if user.has_usable_password():
            self.stdout.write("The account has a password already; it stays.")
            return
        self.stdout.write("Choose a password here (the link works once, within three days):")
        self.stdout.write(f"  {password_url(user)}")
        self.stdout.write("Then log in, set up two-step login, and create your coalition.")
