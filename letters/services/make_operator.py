"""Makes somebody an operator of the installation. Only who is on its console can."""

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from letters.models import Change, ChangeEntry, User


def make_operator(*, email: str) -> User:
    """The account of this address, made where there is none, without a password."""
    with transaction.atomic():
        user = account_of(email)
        if not (user.is_staff and user.is_superuser and user.is_active):
            user.is_staff = user.is_superuser = user.is_active = True
            user.save(update_fields=["is_staff", "is_superuser", "is_active"])
            ChangeEntry.objects.create(actor=user, person=user, change=Change.OPERATOR)
    return user


def account_of(email: str) -> User:
    """The account of this address, locked until the transaction ends; made where there is none."""
    email = email.lower()  # as allauth keeps and looks for it
    user = User.objects.select_for_update().filter(email__iexact=email).first()
    user = user or User.objects.create_user(email)
    EmailAddress.objects.get_or_create(
        user=user, email=user.email.lower(), defaults={"verified": True, "primary": True}
    )
    return user


def password_url(user: User) -> str:
    """A link that sets the user's password, once and within three days (PASSWORD_RESET_TIMEOUT)."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    return f"{settings.SITE_URL}{path}"
