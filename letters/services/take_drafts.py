"""The drafts of a letter, taken to be published: afterwards there are none."""

from letters.models import Draft, Letter, SetAside


class TextChanged(Exception):
    """Somebody saved another text since it was shown."""


def fingerprint(letter: Letter) -> str:
    """Which drafts there are, in which revision: what an organiser saw before publishing."""
    drafts = letter.drafts.order_by("language").values_list("language", "revision")
    return " ".join(f"{language}:{revision}" for language, revision in drafts)


def take_drafts(*, letter: Letter, seen: str) -> list[Draft]:
    """The drafts that can be published, the authoritative one first; of the others, what was
    written is set aside. For a transaction that has locked the letter's row. Raises TextChanged."""
    drafts = list(letter.drafts.select_for_update().order_by("-is_authoritative", "language"))
    if fingerprint(letter) != seen:
        raise TextChanged
    SetAside.objects.bulk_create(
        SetAside(letter=letter, language=draft.language, author_id=draft.edited_by_id, **written)
        for draft in drafts
        if not draft.is_whole and any((written := draft.written()).values())
    )
    letter.drafts.all().delete()
    return [draft for draft in drafts if draft.is_whole]
