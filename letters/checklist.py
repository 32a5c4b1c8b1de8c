"""What a letter needs before strangers can sign it, each with the place to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from letters.clock import zone_of
from letters.models import Draft, Letter


class State(StrEnum):
    DONE = "done"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list; `url` is where it is mended."""

    key: str
    state: State
    label: str
    said: str
    url: str


def checklist(letter: Letter, drafts: Iterable[Draft]) -> list[Item]:
    """Asks the database only for the letter's offices."""
    drafts = list(drafts)
    main = next((draft for draft in drafts if draft.is_authoritative), None)
    return [
        *_of_the_text(letter, main),
        *(_of_a_translation(draft) for draft in drafts if not draft.is_authoritative),
        _recipients(letter, main),
        _schedule(letter),
        _review(letter),
        _privacy(letter),
    ]


def is_ready(items: Iterable[Item]) -> bool:
    return all(item.state != State.MISSING for item in items)


def _of_the_text(letter: Letter, main: Draft | None) -> list[Item]:
    url = reverse("edit_text", args=[letter.slug])
    if main is None:
        said = _("No language is authoritative. Begin the text again.")
        return [Item("language", State.MISSING, _("Authoritative language"), said, url)]
    title, body, summary = (t.strip() for t in (main.title, main.body_markdown, main.summary))
    return [
        Item("language", State.DONE, _("Authoritative language"), main.language_name, url),
        Item(
            "title",
            State.DONE if title else State.MISSING,
            _("Title"),
            title or _("The letter has no title."),
            f"{url}#id_title",
        ),
        Item(
            "text",
            State.DONE if body else State.MISSING,
            _("Text"),
            _("Written.") if body else _("The letter has no text."),
            f"{url}#id_body_markdown",
        ),
        Item(
            "summary",
            State.DONE if summary else State.WARNING,
            _("Summary"),
            summary or _("Without one, lists and shared links show the title alone."),
            f"{url}#id_summary",
        ),
    ]


def _of_a_translation(draft: Draft) -> Item:
    label = _("Translation: %(language)s") % {"language": draft.language_name}
    said = (
        _("Written.")
        if draft.is_whole
        else _("Its title or text is missing: the letter is published without this language.")
    )
    state = State.DONE if draft.is_whole else State.WARNING
    return Item(f"translation-{draft.language}", state, label, said, draft.get_absolute_url())


def _recipients(letter: Letter, main: Draft | None) -> Item:
    label, url = _("Recipients"), reverse("letter_settings", args=[letter.slug]) + "#recipients"
    if names := ", ".join(office.name for office in letter.offices.all()):
        return Item("recipients", State.DONE, label, names, url)
    if main and main.addressee.strip():
        said = _(
            "Addressed, but no office is chosen: it cannot be delivered before you choose one."
        )
        return Item("recipients", State.WARNING, label, said, url)
    said = _("Nobody is addressed. Choose an office, or write in the text whom it addresses.")
    return Item("recipients", State.MISSING, label, said, url)


def _schedule(letter: Letter) -> Item:
    label, url = _("Opening time"), reverse("schedule", args=[letter.slug])
    now = timezone.now()
    if letter.closes_at and letter.closes_at <= now:
        said = _("The closing time has passed: nobody could sign.")
        return Item("schedule", State.MISSING, label, said, url)
    if letter.opens_at and letter.opens_at > now:
        at = date_format(letter.opens_at.astimezone(zone_of(letter)), "DATETIME_FORMAT")
        said = _(
            "It takes signatures from %(at)s (%(zone)s). The page is public when you publish; "
            "under embargo, at that time."
        )
        return Item("schedule", State.DONE, label, said % {"at": at, "zone": letter.time_zone}, url)
    said = _("It opens when you publish; under embargo, when you end it.")
    return Item("schedule", State.DONE, label, said, url)


def _review(letter: Letter) -> Item:
    url = reverse("letter_settings", args=[letter.slug]) + "#review"
    return Item("review", State.DONE, _("Review policy"), letter.get_review_policy_display(), url)


def _privacy(letter: Letter) -> Item:
    url = reverse("letter_settings", args=[letter.slug]) + "#id_privacy_contact"
    return Item(
        "privacy",
        State.DONE if letter.privacy_contact else State.MISSING,
        _("Privacy contact"),
        letter.privacy_contact
        or _("Name an address that answers signatories’ questions about their data."),
        url,
    )
