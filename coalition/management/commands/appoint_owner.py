"""`manage.py appoint_owner COALITION ADDRESS`: for a coalition whose owners are all gone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.canonical import AddressError, clean_email
from letters.models import Coalition
from letters.services.appoint_owner import AccountClosed, HasOwner, appoint_owner
from letters.services.make_operator import password_url


class Command(BaseCommand):
    """The pages let no coalition be without an owner; closing an account can."""

    help = "Make the account of this address the owner of a coalition that has none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("coalition", help="the coalition's short name")
        parser.add_argument("email", help="the new owner's mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint the owner and say what comes next."""
        try:
            coalition = Coalition.objects.get(slug=options["coalition"])
            user = appoint_owner(coalition=coalition, email=clean_email(options["email"]))
        except Coalition.DoesNotExist:
            raise CommandError(f"There is no coalition “{options['coalition']}”.") from None
        except AddressError:
            raise CommandError(f"“{options['email']}” is no complete mail address.") from None
        except HasOwner:
            raise CommandError(
                f"“{coalition}” has an owner, who can make others owners under Members."
            ) from None
        except AccountClosed:
            raise CommandError("This account is closed. Open it again first.") from None
        self.stdout.write(f"{user.email} owns “{coalition}”.")
        if not user.has_usable_password():
            self.stdout.write("Choose a password here (the link works once, within three days):")
            self.stdout.write(f"  {password_url(user)}")
