"""What a delivery says of itself in words, in the language at hand: on paper and in the mail."""

from datetime import UTC, datetime

from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import gettext, ngettext

from deliveries.models import Delivery


def amount(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def formal_date(moment: datetime) -> str:
    """The day in UTC, the month written out where Django's format would shorten it."""
    return date_format(moment.astimezone(UTC), get_format("DATE_FORMAT").replace("N", "F"))


def removed() -> str:
    """What stands in the place of an erased entry, so that the count stays explained."""
    return gettext("entry removed at the person’s request")


def signatories(people: int, organisations: int) -> str:
    """“10,412 people and 60 organisations”, or whichever of them there are."""
    parts = []
    if people or not organisations:
        parts.append(
            ngettext("%(number)s person", "%(number)s people", people) % {"number": amount(people)}
        )
    if organisations:
        parts.append(
            ngettext("%(number)s organisation", "%(number)s organisations", organisations)
            % {"number": amount(organisations)}
        )
    if len(parts) == 1:
        return parts[0]
    return gettext("%(people)s and %(organisations)s") % {
        "people": parts[0],
        "organisations": parts[1],
    }


def totals_in_words(delivery: Delivery) -> list[str]:
    totals = delivery.totals
    signed = signatories(totals["people"], totals["organisations"])
    asked = totals.get("asked", 0)
    sentences = [
        gettext("This letter is signed by %(signatories)s, as of %(time)s.")
        % {
            "time": f"{formal_date(delivery.frozen_at)}, {delivery.frozen_at:%H:%M} UTC",
            "signatories": signed,
        },
        gettext(
            "Of %(received)s received, %(unconfirmed)s were unconfirmed, %(held)s held for review, "
            "%(rejected)s rejected and %(withdrawn)s withdrawn; they are not counted."
        )
        % {
            name: amount(totals[name])
            for name in ("received", "unconfirmed", "held", "rejected", "withdrawn")
        },
    ]
    if asked:
        sentences.append(
            ngettext(
                "%(number)s more had signed an earlier text and is asked to sign this one.",
                "%(number)s more had signed an earlier text and are asked to sign this one.",
                asked,
            )
            % {"number": amount(asked)}
        )
    return sentences


def named_sentence(delivery: Delivery) -> list[str]:
    """Who the roll names, and why it may be fewer than are counted."""
    totals = delivery.totals
    if not totals["named"]:
        return [gettext("None of them agreed to be named to a public office.")]
    named = signatories(totals["named_people"], totals["named_organisations"])
    if totals["named"] == totals["counted"]:
        return [gettext("All of them are named in the roll of signatories: %s.") % named]
    return [
        gettext(
            "%s agreed that a public office may publish their entry; they are named in the roll "
            "of signatories. The others are counted without being named."
        )
        % named
    ]
