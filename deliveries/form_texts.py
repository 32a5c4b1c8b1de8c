"""What is typed into the form on an office's own site, within the limits of each field."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import icu
from django.conf import settings
from django.utils.translation import gettext

from common.languages import speak
from common.markdown import plain_text
from deliveries.models import Delivery
from deliveries.services.wording import named_sentence, totals_in_words
from letters.models import User

_DRAWN = {"\ufe0f", "\u20e3"}  # make the sign before them an emoji
_JOINER = "\u200d"


@dataclass(frozen=True)
class FormText:
    """One field's text. Limits are None where the office does not say."""

    name: str
    label: str
    value: str
    most_chars: int | None = None
    most_bytes: int | None = None
    note: str = ""

    @property
    def chars(self) -> int:
        """As browsers count: UTF-16 units, a line's end as two."""
        return len(self._sent.encode("utf-16-le")) // 2

    @property
    def bytes(self) -> int:
        return len(self._sent.encode())

    @property
    def is_long(self) -> bool:
        """Whether it has lines."""
        return "\n" in self.value

    @property
    def fits(self) -> bool:
        return (self.most_chars is None or self.chars <= self.most_chars) and (
            self.most_bytes is None or self.bytes <= self.most_bytes
        )

    @property
    def _sent(self) -> str:
        """Forms send a line's end as two characters (HTML, form submission)."""
        return self.value.replace("\n", "\r\n")


def form_texts(delivery: Delivery, submitter: User) -> list[FormText]:
    """The fields in the order in which such forms ask them, in the letter's language."""
    rules = delivery.rules
    person: dict[str, Any] = {"most_chars": rules.get("person_name_chars")}
    first, _, last = submitter.name.strip().rpartition(" ")
    organisation = delivery.letter.coalition.name
    email_chars = rules.get("email_chars")
    return [
        comment_of(delivery),
        FormText("first_name", gettext("First name"), first, **person),
        FormText("last_name", gettext("Last name"), last, **person),
        FormText("email", gettext("Mail address"), submitter.email, most_chars=email_chars),
        FormText(
            "organisation",
            gettext("Organisation"),
            organisation,
            most_chars=rules.get("organisation_chars"),
        ),
        FormText(
            "submissions",
            gettext("Number of submissions that this one carries"),
            str(delivery.totals["counted"]),
        ),
    ]


def comment_of(delivery: Delivery) -> FormText:
    """The comment: the whole letter where it fits, else who signs and where it stands."""
    rules = delivery.rules
    limits: dict[str, Any] = {
        "most_chars": rules.get("comment_chars"),
        "most_bytes": rules.get("comment_bytes"),
    }
    label = gettext("Comment")
    texts = []
    for value in _comments(delivery):
        text = value if rules.get("comment_emoji") is not False else without_emoji(value)
        note = gettext("Emoji are taken out of it: the form refuses them.") if text != value else ""
        texts.append(FormText("comment", label, text, **limits, note=note))
    return next((text for text in texts if text.fits), texts[-1])


def _comments(delivery: Delivery) -> Iterator[str]:
    """From the fullest to the shortest."""
    letter = delivery.version.authoritative
    with speak(delivery.language):
        who = [*totals_in_words(delivery), *named_sentence(delivery)]
        statement = [delivery.required_statement] if delivery.required_statement else []
        address = f"{settings.SITE_URL}{delivery.get_absolute_url()}"
        proof = gettext("Number, date and the SHA-256 of each file: %(address)s") % {
            "address": address
        }
        attached = gettext("The letter and the roll of signatories are attached.")
    title = [delivery.subject, delivery.letter.coalition.name]
    yield "\n\n".join([*title, plain_text(letter.body_markdown), *who, *statement, proof])
    yield "\n\n".join([*title, attached, *who, *statement, proof])
    yield "\n\n".join([*title, attached, who[0], *statement, proof])


def without_emoji(text: str) -> str:
    """Without what is drawn as a picture, and the joiners between; letters of every script and
    signs such as © stay."""
    drawn = [_is_drawn(text, at) for at in range(len(text))]
    return "".join(
        char
        for at, char in enumerate(text)
        if not drawn[at] and not (char == _JOINER and at and drawn[at - 1])
    )


def _is_drawn(text: str, at: int) -> bool:
    char, after = text[at], text[at + 1 : at + 2]
    if char in _DRAWN or icu.Char.hasBinaryProperty(char, icu.UProperty.EMOJI_PRESENTATION):
        return True
    return after == "\ufe0f" and icu.Char.hasBinaryProperty(
        char, icu.UProperty.EXTENDED_PICTOGRAPHIC
    )
