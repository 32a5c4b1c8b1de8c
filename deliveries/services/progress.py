"""How far the making of a dossier is, from its pieces' rows."""

from dataclasses import dataclass
from math import ceil

from deliveries.models import Delivery, DeliveryPiece, PieceKind, PieceStatus


@dataclass(frozen=True)
class Progress:
    """Of a delivery under way. `seconds_left` is None until a piece of the roll is done."""

    pieces: int
    pieces_done: int
    names: int
    names_done: int
    seconds_left: int | None

    @property
    def is_joining(self) -> bool:
        """Whether all pieces are there, so that the files are being written."""
        return self.pieces_done == self.pieces

    @property
    def minutes_left(self) -> int | None:
        """For times that nobody wants in seconds."""
        return None if self.seconds_left is None else ceil(self.seconds_left / 60)


def progress_of(delivery: Delivery) -> Progress:
    """Counts, and the time left at the speed of the pieces that are done, as many at a time as are
    being typeset now. One query."""
    pieces = list(delivery.pieces.all())
    roll = [piece for piece in pieces if piece.kind == PieceKind.ROLL]
    done = [piece for piece in roll if piece.status == PieceStatus.DONE]
    names, names_done = sum(map(_names, roll)), sum(map(_names, done))
    at_once = max(1, sum(piece.status == PieceStatus.RUNNING for piece in pieces))
    spent = sum(map(_seconds, done))
    left = ceil(spent / names_done * (names - names_done) / at_once) if names_done else None
    return Progress(
        pieces=len(pieces),
        pieces_done=sum(piece.status == PieceStatus.DONE for piece in pieces),
        names=names,
        names_done=names_done,
        seconds_left=left,
    )


def _names(piece: DeliveryPiece) -> int:
    return piece.last - piece.first + 1


def _seconds(piece: DeliveryPiece) -> float:
    if piece.started_at is None or piece.finished_at is None:
        return 0.0
    return max(0.0, (piece.finished_at - piece.started_at).total_seconds())
