"""What goes on paper: jobs for `deliveries.print`, made from the frozen delivery alone.

The words are in the language of the letter's authoritative text.
"""

from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django_countries import countries

from common.languages import speak
from deliveries.models import Delivery, DeliveryEntry, DeliveryPiece, EntryKind
from deliveries.print.join import Bookmark
from deliveries.print.roll import detail_for
from deliveries.services.wording import (
    amount,
    formal_date,
    named_sentence,
    removed,
    totals_in_words,
)
from letters.models import Translation

# What the letter names of organisations and featured people before it points to the roll.
MOST_NAMES = 150
LETTER_PT = "12"
ROLL_PT = "10"

Entry = tuple[str, str, list[str]]


def entry_line(entry: DeliveryEntry) -> Entry:
    """Name, country code, and what stands beside the name."""
    if entry.erased_at:
        return removed(), "", []
    code = str(entry.country or "")
    parts = [entry.role_title, entry.affiliation, entry.city, countries.name(code) if code else ""]
    return entry.name, code, [part for part in parts if part]


def sheet(delivery: Delivery, *, type_pt: str) -> dict[str, Any]:
    """What every sheet of the dossier shares; never smaller than the office's least type size."""
    text = authoritative_text(delivery)
    return {
        "language": delivery.language,
        "direction": text.direction,
        "title": text.title,
        "author": delivery.letter.coalition.name,
        "description": gettext("Delivery %(number)s to %(office)s")
        % {"number": delivery.number, "office": delivery.rules["name"]},
        "keywords": [delivery.letter.slug, f"list root {delivery.list_root}"],
        "page_size": delivery.rules["page_size"],
        "type_pt": type_pt,
        "running_head": shorten(text.title, 66, placeholder=" …"),
        "running_number": gettext("Delivery %(number)s") % {"number": delivery.number},
        # Translators: on each page of a printed dossier; keep both names in braces.
        "page_label": gettext("Page {page} of {pages}"),
    }


def authoritative_text(delivery: Delivery) -> Translation:
    return Translation.objects.get(version_id=delivery.version_id, is_authoritative=True)


def roll_frame(delivery: Delivery) -> dict[str, Any]:
    """A roll piece without its names; what joining needs."""
    with speak(delivery.language):
        frame = sheet(delivery, type_pt=delivery.rules["min_type_pt"] or ROLL_PT)
        roll = gettext("Roll of signatories")
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
        frame = roll_frame(delivery)
        organisations: list[Entry] = []
        people: list[Entry] = []
        for entry in entries.order_by("position").iterator(2000):
            is_person = entry.kind == EntryKind.PERSON
            (people if is_person else organisations).append(entry_line(entry))
        first = piece.index == 0
        people_begin = piece.first <= delivery.totals["named_organisations"] + 1
        sections = []
        if organisations:
            title = gettext("Organisations") if first else ""
            sections.append({"title": title, "entries": organisations})
        if people:
            title = gettext("People") if people_begin else ""
            sections.append({"title": title, "entries": people})
        return {
            **frame,
            "opening": roll_opening(delivery, frame["detail"]) if first else None,
            "sections": sections,
        }


def roll_opening(delivery: Delivery, detail: str) -> dict[str, Any]:
    """What stands over the first page of the roll."""
    about = named_sentence(delivery)
    if detail == "names":
        about.append(gettext("Role, affiliation and place of each are in the file roll.csv."))
    return {
        "title": gettext("Roll of signatories"),
        "letter": authoritative_text(delivery).title,
        "about": [" ".join(about)],
    }


def roll_bookmarks(delivery: Delivery, pieces: Iterable[DeliveryPiece]) -> list[Bookmark]:
    """One bookmark for each piece, named by its first entry."""
    wanted = list(pieces)
    names = dict(
        delivery.entries.filter(position__in=[piece.first for piece in wanted]).values_list(
            "position", "name"
        )
    )
    with speak(delivery.language):
        return [
            Bookmark(names[piece.first] or removed(), index) for index, piece in enumerate(wanted)
        ]


def letter_job(delivery: Delivery) -> dict[str, Any]:
    """The letter file: text, totals in words, featured names, organisations, statement, proof."""
    text = authoritative_text(delivery)
    with speak(delivery.language):
        least = float(delivery.rules["min_type_pt"] or 0)
        frame = sheet(delivery, type_pt=LETTER_PT if least <= float(LETTER_PT) else f"{least:g}")
        return {
            **frame,
            "delivery_line": gettext("Open letter · delivery %(number)s")
            % {"number": delivery.number},
            "date": formal_date(delivery.frozen_at),
            "addressee": addressee(delivery, text),
            "body_markdown": text.body_markdown,
            "signed_title": gettext("Signed"),
            "totals": [*totals_in_words(delivery), *named_sentence(delivery)],
            "groups": list(groups(delivery)),
            "statement": delivery.required_statement,
            "statement_language": "en",
            "proof_title": gettext("Check this letter"),
            "proof": [
                gettext(
                    "The page below shows the number, the date and the SHA-256 of each file of "
                    "this delivery."
                ),
                gettext("Version %(number)s of the text, with the SHA-256:")
                % {"number": delivery.version.number},
            ],
            "text_sha256": delivery.text_sha256,
            "address": f"{settings.SITE_URL}{delivery.get_absolute_url()}",
            "code_alt": gettext("QR code of the address below"),
        }


def public_letter_job(delivery: Delivery) -> dict[str, Any]:
    """The letter for everybody: it names nobody, for who is named may withdraw or never agreed to
    be on the web."""
    job = letter_job(delivery)
    with speak(delivery.language):
        note = gettext("This is the public copy. It names nobody; the office’s copy has the names.")
    return {**job, "totals": [*job["totals"], note], "groups": []}


def addressee(delivery: Delivery, text: Translation) -> list[str]:
    docket = delivery.rules["docket"]
    return [
        *[line for line in (text.addressee, delivery.rules["name"]) if line],
        *delivery.rules["postal_address"].splitlines(),
        *([gettext("Docket: %(docket)s") % {"docket": docket}] if docket else []),
    ]


def groups(delivery: Delivery) -> Iterable[dict[str, Any]]:
    """The names in the letter itself: featured people, then organisations."""
    entries = delivery.entries.order_by("position")
    organisations = entries.filter(kind=EntryKind.ORGANISATION)
    featured = entries.filter(featured_rank__isnull=False, kind=EntryKind.PERSON)
    for title, members, is_full in (
        (gettext("Among the signatories"), featured.order_by("featured_rank", "position"), True),
        (gettext("Organisations"), organisations, False),
    ):
        count = members.count()
        if count:
            more = count - MOST_NAMES
            yield {
                "title": title,
                "entries": [
                    (name, rest if is_full else [])
                    for name, _, rest in map(entry_line, members[:MOST_NAMES])
                ],
                "more": gettext("and %s more, in the roll") % amount(more) if more > 0 else "",
            }
