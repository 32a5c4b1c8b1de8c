"""How a roll is divided into files."""

from collections.abc import Sequence
from typing import NamedTuple

from deliveries.models import Delivery, DeliveryPiece
from deliveries.print.roll import detail_for

# About 280 pages of names: a file that a reader opens without waiting.
MOST_IN_VOLUME = 40_000
# What an entry takes at most, with its share of fonts and tags (measured: 100 and 380 bytes).
BYTES = {"names": 200, "full": 600}
FONTS = 200_000


class Volume(NamedTuple):
    """A part of the roll that is a file of its own."""

    number: int
    of: int
    pieces: Sequence[DeliveryPiece]

    @property
    def file_name(self) -> str:
        return "roll.pdf" if self.of == 1 else f"roll-{self.number}.pdf"

    @property
    def positions(self) -> tuple[int, int]:
        """The first and the last."""
        return self.pieces[0].first, self.pieces[-1].last


def volumes_of(delivery: Delivery, pieces: Sequence[DeliveryPiece]) -> list[Volume]:
    """The pieces of the roll in volumes of about one size, within the bytes that the office takes
    per file. Told from the frozen delivery alone, before anything is typeset."""
    if not pieces:
        return []
    named = pieces[-1].last
    most = MOST_IN_VOLUME
    if limit := delivery.rules["max_file_bytes"]:
        most = max(1, min(most, (limit - FONTS) // BYTES[detail_for(named)]))
    wanted = -(-named // most)
    parts: dict[int, list[DeliveryPiece]] = {}
    for number, piece in enumerate(pieces, 1):
        parts.setdefault((number * wanted - 1) // len(pieces), []).append(piece)
    return [Volume(number, len(parts), part) for number, part in enumerate(parts.values(), 1)]


def roll_volumes(delivery: Delivery) -> list[Volume]:
    """Those of a delivery, from its rows."""
    return volumes_of(delivery, list(delivery.pieces.filter(kind="roll").order_by("index")))
