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


def changes_in_words(delivery: Delivery, before: Delivery) -> list[str]:
    """What an addendum says before its names."""
    changes = delivery.totals["changes"]
    sentences = [
        gettext(
            "This addendum states what changed in the roll between delivery %(before)s of "
            "%(day_before)s and delivery %(now)s of %(day)s."
        )
        % {
            "before": before.number,
            "day_before": formal_date(before.frozen_at),
            "now": delivery.number,
            "day": formal_date(delivery.frozen_at),
        }
    ]
    if changes["withdrawn"]:
        sentences.append(
            ngettext(
                "%(number)s entry is no longer part of the roll: its signatory withdrew or no "
                "longer agrees to be named, or a moderator took the signature back. The name is "
                "not repeated here. Please read the earlier roll without it.",
                "%(number)s entries are no longer part of the roll: their signatories withdrew or "
                "no longer agree to be named, or a moderator took the signatures back. The names "
                "are not repeated here. Please read the earlier roll without them.",
                changes["withdrawn"],
            )
            % {"number": amount(changes["withdrawn"])}
        )
    if changes["corrected"]:
        sentences.append(
            ngettext(
                "%(number)s entry reads otherwise; it stands below as it reads now.",
                "%(number)s entries read otherwise; they stand below as they read now.",
                changes["corrected"],
            )
            % {"number": amount(changes["corrected"])}
        )
    if not any(changes[kind] for kind in ("added", "withdrawn", "corrected")):
        sentences.append(gettext("Nothing changed."))
    return sentences


def added_up(delivery: Delivery, before: Delivery) -> list[tuple[str, str]]:
    """The numbers between both rolls; the last is the sum of those before."""
    changes = delivery.totals["changes"]
    lines = [
        (
            before.totals["named"],
            gettext("named in delivery %(number)s") % {"number": before.number},
        ),
        (changes["added"], gettext("added")),
        (-changes["withdrawn"], gettext("withdrawn")),
        (
            delivery.totals["named"],
            gettext("named in delivery %(number)s") % {"number": delivery.number},
        ),
    ]
    return [(amount(number).replace("-", "\u2212"), words) for number, words in lines]


def named_sentence(delivery: Delivery, *, in_roll: bool = False) -> list[str]:
    """Who the roll names, and why it may be fewer than are counted; `in_roll`, in its own words."""
    totals = delivery.totals
    if not totals["named"]:
        return [gettext("None of them agreed to be named to a public office.")]
    named = signatories(totals["named_people"], totals["named_organisations"])
    if totals["named"] == totals["counted"]:
        everybody = (
            gettext("All who are counted are named here: %s.")
            if in_roll
            else gettext("All of them are named in the roll of signatories: %s.")
        )
        return [everybody % named]
    if in_roll:
        words = gettext(
            "Here are the %(named)s who agreed that a public office may publish their entry, of "
            "%(counted)s who are counted."
        )
        return [words % {"named": named, "counted": amount(totals["counted"])}]
    return [
        gettext(
            "%s agreed that a public office may publish their entry; they are named in the roll "
            "of signatories. The others are counted without being named."
        )
        % named
    ]
