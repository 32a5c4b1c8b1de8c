"""Publishes a letter's first text: from now on it is public, and no statement can change it."""

from django.db import transaction
from django.utils import timezone

from letters.checklist import checklist, is_ready
from letters.models import ChangeKind, Draft, Letter, LetterStatus, Role, Translation, User, Version
from letters.services.check_member import check_member
from letters.services.current_letter import forget
from letters.services.record import record
from letters.services.take_drafts import take_drafts


class NotReady(ValueError):
    """Something that the checklist names is missing."""


class AlreadyPublished(ValueError):
    """Somebody was quicker."""


def publish_letter(*, letter: Letter, seen: str, actor: User, sealed: bool = False) -> Version:
    """Turns the drafts into version 1 and the letter public; `sealed`: only who is invited sees it
    before `opens_at`. `seen` is the fingerprint of the drafts that were shown.

    Raises AlreadyPublished, NotReady, letters.services.take_drafts.TextChanged,
    RoleEnded.
    """
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        if locked.status != LetterStatus.DRAFT or locked.current_version_id is not None:
            raise AlreadyPublished
        if not is_ready(checklist(locked, locked.drafts.select_for_update())):
            raise NotReady
        version = _first_version(locked, take_drafts(letter=locked, seen=seen), actor)
        locked.current_version = version
        locked.status = LetterStatus.EMBARGOED if sealed else LetterStatus.OPEN
        locked.save(update_fields=["current_version", "status"])
        record(
            locked,
            actor,
            "publish",
            before={"letter": str(LetterStatus.DRAFT)},
            after={"letter": str(locked.status), "version": 1, "sha256": version.text_sha256},
        )
    forget(locked.slug)
    return version


def _first_version(letter: Letter, drafts: list[Draft], actor: User) -> Version:
    version = Version.objects.create(
        letter=letter, number=1, kind=ChangeKind.FIRST, published_by=actor
    )
    texts = Translation.objects.bulk_create(
        Translation(
            version=version,
            language=draft.language,
            is_authoritative=draft.is_authoritative,
            **draft.written(),
        )
        for draft in drafts
    )
    version.text_sha256 = next(text.text_sha256 for text in texts if text.is_authoritative)
    version.published_at = timezone.now()
    version.save(update_fields=["text_sha256", "published_at"])
    return version
