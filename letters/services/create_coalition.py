"""Creates a coalition, whose first owner is whoever creates it."""

from django.conf import settings
from django.db import transaction

from letters.models import Change, ChangeEntry, Coalition, Membership, Role, User


def may_create_coalitions(user: User) -> bool:
    """The installation's operators; every account where COALITIONS_OPEN lets it."""
    return user.is_staff or settings.COALITIONS_OPEN


def create_coalition(*, name: str, slug: str, actor: User) -> Coalition:
    """Raises IntegrityError where the slug has been taken meanwhile."""
    with transaction.atomic():
        coalition = Coalition.objects.create(name=name, slug=slug)
        Membership.objects.create(coalition=coalition, user=actor, role=Role.OWNER)
        ChangeEntry.objects.create(
            coalition=coalition, actor=actor, change=Change.CREATE, after={"name": name}
        )
    return coalition
