"""Saves what an organiser writes. Two who write at once never overwrite each other unseen."""

from collections.abc import Mapping

from django.db import transaction

from letters.models import Draft, Letter, Role, SetAside, User
from letters.models.draft import WRITTEN
from letters.services.check_member import check_member


class DraftGone(Exception):
    """The draft was published or discarded meanwhile."""


class Conflict(Exception):
    """Somebody saved another text since this one was read; `draft` has it."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self.draft = draft


def save_draft(
    *, letter: Letter, language: str, base: int, texts: Mapping[str, str], actor: User
) -> Draft:
    """`base` is the revision that was read. The same text again is no conflict and no revision.

    Raises Conflict, DraftGone, RoleEnded.
    """
    with transaction.atomic():
        draft = _locked(letter, language, actor)
        if draft.says(texts):
            return draft
        if draft.revision != base:
            raise Conflict(draft)
        return _write(draft, texts, actor)


def settle_conflict(
    *, letter: Letter, language: str, over: int, texts: Mapping[str, str], mine: bool, actor: User
) -> Draft:
    """The loser of a conflict chooses: own text (`mine`) or the one saved before. The other one is
    set aside. `over` is the revision that was shown beside the own text.

    Raises Conflict where somebody saved yet another one, DraftGone, RoleEnded.
    """
    with transaction.atomic():
        draft = _locked(letter, language, actor)
        if draft.says(texts):
            return draft
        if draft.revision != over:
            raise Conflict(draft)
        lost, author = (draft.written(), draft.edited_by) if mine else (texts, actor)
        SetAside.objects.create(
            letter=letter, language=language, author=author, **{n: lost[n] for n in WRITTEN}
        )
        return _write(draft, texts, actor) if mine else draft


def _locked(letter: Letter, language: str, actor: User) -> Draft:
    check_member(letter=letter, user=actor, needed=Role.EDITOR)
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("edited_by")
        .filter(letter=letter, language=language)
        .first()
    )
    if draft is None:
        raise DraftGone
    return draft


def _write(draft: Draft, texts: Mapping[str, str], actor: User) -> Draft:
    for name in WRITTEN:
        setattr(draft, name, texts[name])
    draft.edited_by = actor
    draft.revision += 1
    draft.save(update_fields=[*WRITTEN, "edited_by", "revision", "edited_at"])
    return draft
