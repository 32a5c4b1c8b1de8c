"""The letter on paper: jobs for `deliveries.print`, made from the frozen delivery alone.

The words are in the language of the letter's authoritative text.
"""

from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django_countries import countries

from common.languages import speak
from deliveries.models import Delivery, DeliveryEntry, EntryKind
from deliveries.services.wording import (
    amount,
    formal_date,
    named_sentence,
    removed,
    totals_in_words,
)
from letters.models import Translation

# How a letter gets shorter until it fits: of how many in a list before it points to the roll, and
# whether it is set tightly.
FITS = ((150, False), (60, False), (24, False), (24, True), (8, True), (0, True))
MOST_RANK = 2**31 - 1
LETTER_PT = "12"


def entry_line(entry: DeliveryEntry) -> tuple[str, str, list[str]]:
    """Name, country code, and what stands beside the name."""
    if entry.erased_at:
        return removed(), "", []
    code = str(entry.country or "")
    parts = [entry.role_title, entry.affiliation, entry.city, countries.name(code) if code else ""]
    return entry.name, code, [part for part in parts if part]


def sheet(delivery: Delivery, *, type_pt: str) -> dict[str, Any]:
    """What every sheet of the dossier shares; never smaller than the office's least type size."""
    text = delivery.version.authoritative
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


def letter_job(delivery: Delivery, *, fit: int = 0) -> dict[str, Any]:
    """The letter file: text, totals in words, featured names, organisations, statement, proof.

    `fit` is an index of FITS.
    """
    most, is_tight = FITS[fit]
    text = delivery.version.authoritative
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
            "groups": list(groups(delivery, most)),
            "tight": is_tight,
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


def groups(delivery: Delivery, most: int) -> Iterable[dict[str, Any]]:
    """The names in the letter itself: featured people under the organisers' headings, as they were
    when the delivery was frozen, then organisations."""
    entries = delivery.entries.order_by("position")
    organisations = entries.filter(kind=EntryKind.ORGANISATION)
    featured = entries.filter(featured_rank__isnull=False, kind=EntryKind.PERSON)
    people = featured.order_by("featured_rank", "position")
    starts = [(0, gettext("Among the signatories")), *delivery.layout.get("groups", [])]
    ends = [*(first for first, _ in starts[1:]), MOST_RANK]
    parts = [
        *(
            (heading, people.filter(featured_rank__gte=first, featured_rank__lt=end), True)
            for (first, heading), end in zip(starts, ends, strict=True)
        ),
        (gettext("Organisations"), organisations, False),
    ]
    for title, members, is_full in parts:
        count = members.count()
        if count:
            more = count - most
            yield {
                "title": title,
                "entries": [
                    (name, rest if is_full else [])
                    for name, _, rest in map(entry_line, members[:most])
                ],
                "more": _and_more(more, most) if more > 0 else "",
            }


def _and_more(more: int, named: int) -> str:
    if not named:
        return gettext("%s, named in the roll") % amount(more)
    return gettext("and %s more, in the roll") % amount(more)
