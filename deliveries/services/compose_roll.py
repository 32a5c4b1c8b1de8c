"""The roll and the addendum on paper: jobs for `deliveries.print`, from the frozen delivery."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from common.languages import speak
from deliveries.models import Delivery, DeliveryEntry, DeliveryPiece, EntryKind
from deliveries.models.entry import EntryQuerySet
from deliveries.print.roll import Entry, detail_for
from deliveries.services.compose_jobs import entry_line, sheet
from deliveries.services.volumes import Volume, roll_volumes
from deliveries.services.wording import added_up, changes_in_words, named_sentence, removed
from signatories.models import Mark

ROLL_PT = "10"

Section = dict[str, Any]


def roll_line(entry: DeliveryEntry) -> Entry:
    """Name, country code, what stands beside the name, and the signs of its marks."""
    name, code, details = entry_line(entry)
    return name, code, details, "".join(Mark(mark).sign for mark in entry.marks)


def roll_frame(delivery: Delivery, volume: Volume | None = None) -> dict[str, Any]:
    """A roll piece without its names; what joining needs."""
    with speak(delivery.language):
        frame = sheet(delivery, type_pt=delivery.rules["min_type_pt"] or ROLL_PT)
        roll = gettext("Roll of signatories")
        if volume and volume.of > 1:
            roll = f"{roll}, {volume_in_words(volume)}"
            for label in ("running_number", "page_label"):
                frame[label] = f"{volume_in_words(volume)} \u00b7 {frame[label]}"
        return {
            **frame,
            "title": f"{roll}: {frame['title']}",
            "detail": detail_for(delivery.totals["named"]),
        }


def roll_job(piece: DeliveryPiece) -> dict[str, Any]:
    """One piece of the roll, with the entries from its first to its last position."""
    delivery = piece.delivery
    entries = delivery.entries.filter(position__range=(piece.first, piece.last))
    with speak(delivery.language):
        volume = next(each for each in roll_volumes(delivery) if piece in each.pieces)
        frame = roll_frame(delivery, volume)
        first = piece == volume.pieces[0]
        people_begin = first or piece.first <= delivery.totals["named_organisations"] + 1
        return {
            **frame,
            "opening": roll_opening(delivery, frame["detail"], volume) if first else None,
            "sections": list(
                sections_of(
                    entries,
                    organisations=gettext("Organisations") if first else "",
                    people=gettext("People") if people_begin else "",
                )
            ),
        }


def sections_of(entries: EntryQuerySet, *, organisations: str, people: str) -> Iterable[Section]:
    """The entries by kind, under these titles."""
    lines: dict[str, list[Entry]] = {EntryKind.ORGANISATION: [], EntryKind.PERSON: []}
    for entry in entries.order_by("position").iterator(2000):
        lines[entry.kind].append(roll_line(entry))
    for title, kind in ((organisations, EntryKind.ORGANISATION), (people, EntryKind.PERSON)):
        if lines[kind]:
            yield {"title": title, "entries": lines[kind]}


def volume_in_words(volume: Volume) -> str:
    return gettext("Volume %(number)s of %(volumes)s") % {
        "number": volume.number,
        "volumes": volume.of,
    }


def roll_opening(delivery: Delivery, detail: str, volume: Volume) -> dict[str, Any]:
    """What stands over the first page of the roll, or of each of its volumes."""
    about = named_sentence(delivery, in_roll=True)
    if detail == "names":
        about.append(
            gettext(
                "Role, affiliation and place of each are in the file roll.csv, which we hand over "
                "on request."
            )
        )
    return {
        "title": gettext("Roll of signatories"),
        "letter": delivery.version.authoritative.title,
        "about": [" ".join(about), *([extent(delivery, volume)] if volume.of > 1 else [])],
        "sums": [],
        "legend": legend(delivery),
        "roots": [[gettext("List root"), delivery.list_root]],
    }


def extent(delivery: Delivery, volume: Volume) -> str:
    """Which names a volume has."""
    entries = delivery.entries.filter(position__in=volume.positions).order_by("position")
    names = [entry.name or removed() for entry in entries]
    return gettext("%(volume)s: from %(first)s to %(last)s.") % {
        "volume": volume_in_words(volume),
        "first": names[0],
        "last": names[-1],
    }


def legend(delivery: Delivery) -> list[tuple[str, str, str]]:
    """Sign, name and meaning of the marks that stand in this roll."""
    used = delivery.totals.get("marks", {})
    return [(mark.sign, str(mark.label), str(mark.meaning)) for mark in Mark if mark in used]


def before_it(delivery: Delivery) -> Delivery:
    """The delivery that this one continues."""
    if delivery.since is None:
        raise ValueError("the first delivery to an office has no addendum")
    return delivery.since


def addendum_frame(delivery: Delivery) -> dict[str, Any]:
    """The addendum without its names; what numbering its pages needs."""
    with speak(delivery.language):
        title = gettext("Addendum to delivery %(number)s") % {"number": before_it(delivery).number}
        changes = delivery.totals["changes"]
        return {
            **roll_frame(delivery),
            "title": f"{title}: {delivery.version.authoritative.title}",
            "detail": detail_for(changes["added"] + changes["corrected"]),
        }


def addendum_job(delivery: Delivery) -> dict[str, Any]:
    """What changed since the delivery before: who was added, whose line reads otherwise, and how
    many are named no more. These are not named: a roll names nobody who withdrew."""
    frame = addendum_frame(delivery)
    before = before_it(delivery)
    with speak(delivery.language):
        added = delivery.entries.absent_from(before)
        corrected = delivery.entries.corrected_since(before).filter(erased_at__isnull=True)
        return {
            **frame,
            "opening": {
                "title": gettext("Addendum to delivery %(number)s") % {"number": before.number},
                "letter": delivery.version.authoritative.title,
                "about": changes_in_words(delivery, before),
                "sums": added_up(delivery, before),
                "legend": legend(delivery),
                "roots": [
                    [
                        gettext("List root of delivery %(number)s") % {"number": each.number},
                        each.list_root,
                    ]
                    for each in (before, delivery)
                ],
            },
            "sections": [
                *sections_of(
                    added,
                    organisations=gettext("Organisations added"),
                    people=gettext("People added"),
                ),
                *sections_of(
                    corrected,
                    organisations=gettext("Organisations whose entry now reads"),
                    people=gettext("People whose entry now reads"),
                ),
            ],
        }
