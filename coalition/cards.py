"""What lists of letters show of each: its text's title and its counts."""

from collections.abc import Iterable
from typing import Any

from letters.models import Draft, Letter, Text, Translation
from signatories.models import Tally


def letter_cards(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    """`letter`, authoritative `translation` (before the publication its draft) and `tally` of each,
    in two queries; a third where one is not published."""
    letters = list(letters)
    of = {letter.pk: letter for letter in letters}
    latest = Translation.objects.filter(
        version__letter__in=letters, is_authoritative=True
    ).select_related("version")
    texts: dict[int, Text] = {}
    for text in latest.order_by("version__number"):
        text.version.letter = of[text.version.letter_id]
        texts[text.version.letter_id] = text
    if unpublished := set(of) - set(texts):
        drafts = Draft.objects.filter(letter__in=unpublished, is_authoritative=True)
        texts |= {draft.letter_id: draft for draft in drafts}
    tallies = Tally.objects.in_bulk([letter.pk for letter in letters])
    return [
        {
            "letter": letter,
            "translation": texts.get(letter.pk),
            "tally": tallies.get(letter.pk) or Tally(letter=letter),
        }
        for letter in letters
    ]
