"""A member begins a letter: a draft with a title and an address, which nobody else sees yet."""

from django.db import IntegrityError, transaction

from letters.models import Coalition, Draft, Letter, Role, User
from letters.services.check_member import check_member_of
from letters.services.record import record


class SlugTaken(ValueError):
    """Another letter of this site has the address."""


def create_letter(
    *,
    coalition: Coalition,
    title: str,
    slug: str,
    language: str,
    time_zone: str,
    actor: User,
) -> Letter:
    """`language` becomes the authoritative one. Raises SlugTaken, RoleEnded."""
    previous = coalition.letters.exclude(privacy_contact="").order_by("-id").first()
    with transaction.atomic():
        check_member_of(coalition_id=coalition.pk, user=actor, needed=Role.EDITOR)
        try:
            with transaction.atomic():
                letter = Letter.objects.create(
                    coalition=coalition,
                    slug=slug,
                    time_zone=time_zone,
                    privacy_contact=previous.privacy_contact if previous else "",
                )
        except IntegrityError:
            raise SlugTaken from None
        Draft.objects.create(
            letter=letter, language=language, is_authoritative=True, title=title, edited_by=actor
        )
        record(letter, actor, "create", after={"slug": slug, "language": language})
    return letter
