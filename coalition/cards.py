"""What lists of letters show of each: its text's title and its counts."""

from collections.abc import Iterable
from typing import Any

from letters.models import Letter, Translation
from signatories.models import Tally


def letter_cards(letters: Iterable[Letter]) -> list[dict[str, Any]]:
    """`letter`, authoritative `translation` (or None) and `tally` of each, in two queries."""
    letters = list(letters)
    latest = Translation.objects.filter(
        version__letter__in=letters, is_authoritative=True
    ).select_related("version")
    texts: dict[int, Translation] = {}
    for text in latest.order_by("version__number"):
        texts[text.version.letter_id] = text
    tallies = Tally.objects.in_bulk([letter.pk for letter in letters])
    cards = []
    for letter in letters:
        if shown := texts.get(letter.pk):
            shown.version.letter = letter
        cards.append(
            {
                "letter": letter,
                "translation": shown,
                "tally": tallies.get(letter.pk) or Tally(letter=letter),
            }
        )
    return cards
