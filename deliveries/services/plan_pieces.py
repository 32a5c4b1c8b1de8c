"""Where the roll of a frozen delivery is divided into pieces."""

from itertools import pairwise

from django.db.models import F
from django.db.models.functions import Length

from common.languages import speak
from deliveries.models import Delivery, DeliveryPiece, PieceKind
from deliveries.print.grid import Grid, grid_of
from deliveries.print.lines import count_lines
from deliveries.print.opening import opening_lines
from deliveries.print.pages import end_with_pages
from deliveries.print.roll import piece_ranges, runs_of
from deliveries.services.compose_roll import roll_frame, roll_opening
from deliveries.services.volumes import Volume, volumes_of
from signatories.models import Mark


def roll_pieces(delivery: Delivery) -> list[DeliveryPiece]:
    """Even shares, each of which ends with a page as far as that can be foretold, so that a volume
    has no page with room left but its last one."""
    pieces = [
        DeliveryPiece(delivery=delivery, kind=PieceKind.ROLL, index=index, first=first, last=last)
        for index, (first, last) in enumerate(piece_ranges(delivery.totals["named"]))
    ]
    with speak(delivery.language):
        for volume in volumes_of(delivery, pieces):
            if len(volume.pieces) > 1:
                _end_with_pages(delivery, volume)
    return pieces


def _end_with_pages(delivery: Delivery, volume: Volume) -> None:
    frame = roll_frame(delivery, volume)
    grid = grid_of(frame["page_size"], float(frame["type_pt"]), frame["detail"])
    opening = roll_opening(delivery, frame["detail"], volume)
    first, last = volume.positions
    organisations = delivery.totals["named_organisations"]
    heads = {0: 1} | ({organisations + 1 - first: 1} if first <= organisations < last else {})
    ends = end_with_pages(
        [piece.last - first + 1 for piece in volume.pieces],
        _lines(delivery, volume, grid, float(frame["type_pt"])),
        heads,
        grid,
        opening_lines({**frame, "opening": opening}, grid),
    )
    for (before, end), piece in zip(pairwise([0, *ends]), volume.pieces, strict=True):
        piece.first, piece.last = first + before, first + end - 1


def _lines(delivery: Delivery, volume: Volume, grid: Grid, type_pt: float) -> list[int]:
    """Of each entry, in a roll of names alone. Only those are read that may have more than one: no
    letter is wider than the type is high."""
    width = grid.width / type_pt
    lines = [1] * (volume.positions[1] - volume.positions[0] + 1)
    entries = (
        delivery.entries.filter(position__range=volume.positions)
        .annotate(characters=Length("name") + F("marks__len"))
        .filter(characters__gte=int(width) - 1)
    )
    for position, name, marks in entries.values_list("position", "name", "marks"):
        signs = "".join(Mark(mark).sign for mark in marks)
        runs = runs_of(name, signs, "", grid.detail)
        lines[position - volume.positions[0]] = count_lines(runs, width, grid.indent)
    return lines
