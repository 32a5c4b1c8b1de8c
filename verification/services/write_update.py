"""An editor writes an update, or discards one that was never sent."""

from collections.abc import Mapping
from typing import TypedDict

from django.db import transaction

from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from letters.services.record import record
from verification.models import Action, Update, UpdateState, UpdateText


class Words(TypedDict):
    subject: str
    body_markdown: str


class UpdateChanged(Exception):
    """Somebody else saved, sent or discarded the update since it was shown."""


def write_update(
    *, letter: Letter, update_id: int | None, seen: int, texts: Mapping[str, Words], actor: User
) -> Update:
    """Saves the words by language; the authoritative language comes first. Without an id it begins
    a new update.

    Raises UpdateChanged where `seen` is not the revision that stands, RoleEnded.
    """
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        if update_id is None:
            update = Update.objects.create(letter=letter, created_by=actor)
            record(letter, actor, Action.WRITE_UPDATE, after={"update": update.pk})
        else:
            update = lock_update(letter, update_id)
            if update.state != UpdateState.DRAFT or update.revision != seen:
                raise UpdateChanged
            update.revision += 1
            update.save(update_fields=["revision"])
            update.texts.all().delete()
        UpdateText.objects.bulk_create(
            UpdateText(update=update, language=language, **words)
            for language, words in texts.items()
        )
    return update


def discard_update(*, letter: Letter, update_id: int, actor: User) -> None:
    """Raises UpdateChanged, RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        update = lock_update(letter, update_id)
        if update.state != UpdateState.DRAFT:
            raise UpdateChanged
        record(letter, actor, Action.DROP_UPDATE, before={"update": update.pk})
        update.delete()


def lock_update(letter: Letter, update_id: int) -> Update:
    """The letter's update, locked until the transaction ends. Raises UpdateChanged where it is
    gone."""
    update = Update.objects.select_for_update().filter(letter=letter, pk=update_id).first()
    if update is None:
        raise UpdateChanged
    return update
