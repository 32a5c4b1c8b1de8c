"""Begins and ends drafts: of the letter's next version, and of a translation."""

from django.db import transaction

from letters.models import Draft, Letter, Role, SetAside, User
from letters.models.draft import WRITTEN
from letters.services.check_member import check_member
from letters.services.record import record


class IsAuthoritative(ValueError):
    """The language that the others are translated from stays."""


class IsPublished(ValueError):
    """Readers have this translation; it stays in later versions."""


def begin_version(*, letter: Letter, actor: User) -> None:
    """Drafts of the next version, the same words as the current one; those that exist stay.
    Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if locked.current_version is None or locked.drafts.exists():
            return
        Draft.objects.bulk_create(
            Draft(
                letter=locked,
                language=text.language,
                is_authoritative=text.is_authoritative,
                edited_by=actor,
                **{name: getattr(text, name) for name in WRITTEN},
            )
            for text in locked.current_version.translations.all()
        )


def discard_version(*, letter: Letter, actor: User) -> None:
    """The drafts of a letter that has a published text; the first text cannot be discarded.
    Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        if locked.current_version_id is None or not locked.drafts.exists():
            return
        locked.drafts.all().delete()
        record(locked, actor, "discard")


def add_language(*, letter: Letter, language: str, actor: User) -> Draft:
    """An empty translation, or the one that is there already. Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        Letter.objects.select_for_update().get(pk=letter.pk)
        draft, created = Draft.objects.get_or_create(
            letter=letter, language=language, defaults={"edited_by": actor}
        )
        if created:
            record(letter, actor, "add_language", after={"language": language})
    return draft


def remove_language(*, letter: Letter, language: str, actor: User) -> None:
    """What was written in it is set aside. Raises IsAuthoritative, IsPublished,
    Draft.DoesNotExist, RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        draft = locked.drafts.get(language=language)
        if draft.is_authoritative:
            raise IsAuthoritative
        published = locked.current_version
        if published and published.translations.filter(language=language).exists():
            raise IsPublished
        if any(draft.written().values()):
            SetAside.objects.create(
                letter=locked, language=language, author_id=draft.edited_by_id, **draft.written()
            )
        draft.delete()
        record(locked, actor, "drop_language", before={"language": language})
