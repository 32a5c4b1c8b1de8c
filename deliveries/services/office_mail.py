"""The mail to an office: what is attached, what goes as a link, and every byte of it.

A mail is made from the dispatch and the files alone, so it can be built again as it was sent: no
second copy of the names has to lie about.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from common.languages import speak
from deliveries.models import Delivery, Dispatch, DossierFile, DossierLink
from deliveries.models.file import file_name
from deliveries.preflight.limits import mailed_bytes, most_mailed
from deliveries.services.wording import formal_date, named_sentence, totals_in_words
from deliveries.smtp import NotAccepted

# What a mail has besides its attachments, at most.
ENVELOPE_BYTES = 32_768


@dataclass(frozen=True)
class MailPlan:
    """Which files are attached, and which go as a link because the office's rules, or the mail
    server, do not take them."""

    attached: Sequence[DossierFile]
    linked: Sequence[DossierFile]

    def __len__(self) -> int:
        return len(self.attached) + len(self.linked)

    @property
    def is_sealed(self) -> bool:
        return any(file.is_sealed for file in (*self.attached, *self.linked))


def plan_mail(
    delivery: Delivery, size_limit: int | None = None, *, sealed: bool = False
) -> MailPlan:
    """The letter comes first; what no longer fits goes as a link. `size_limit` is what the mail
    server takes, once it has refused a size: 0 where only a link is left. `sealed`: the sealed
    copies go in place of the plain files, unless more of them would go as a link."""
    plain = _fit(delivery.files.for_office(), delivery.rules, size_limit)
    if not sealed:
        return plain
    copies = _fit(delivery.files.sealed_for_office(), delivery.rules, size_limit)
    is_as_good = len(copies.attached) >= len(plain.attached)
    is_whole = len(copies) == len(plain)
    return copies if is_as_good and is_whole else plain


def _fit(files: Iterable[DossierFile], rules: dict[str, Any], size_limit: int | None) -> MailPlan:
    limit = most_mailed(rules)
    room = math.inf if limit is None else limit
    if size_limit is not None:
        room = min(room, size_limit - ENVELOPE_BYTES)
    places = rules["max_files"] or None
    attached: list[DossierFile] = []
    linked: list[DossierFile] = []
    for file in files:
        size = mailed_bytes(file.bytes)
        fits = size <= room and file.bytes <= (rules["max_file_bytes"] or file.bytes)
        if fits and (places is None or len(attached) < places):
            attached.append(file)
            room -= size
        else:
            linked.append(file)
    return MailPlan(attached, linked)


def link_of(dispatch: Dispatch) -> DossierLink:
    """The dispatch's private link, made where there is none yet."""
    return DossierLink.objects.get_or_create(dispatch=dispatch)[0]


def build_message(dispatch: Dispatch) -> EmailMessage:
    """The mail of a dispatch, in the letter's language. Raises NotAccepted where a file is not as
    it was."""
    delivery = dispatch.delivery
    plan = plan_mail(delivery, dispatch.size_limit, sealed=dispatch.sends_sealed)
    message = _message(delivery, plan, dispatch.recipient)
    with speak(delivery.language):
        if plan.linked:
            message.body += "\n\n" + _about_link(link_of(dispatch), plan.linked)
    # The office's answer is for the organisers, not for the platform's own address.
    if contact := delivery.letter.privacy_contact:
        message.reply_to = [contact]
    message.extra_headers["Message-ID"] = dispatch.message_id
    if dispatch.started_at:
        message.extra_headers["Date"] = format_datetime(dispatch.started_at)
    return message


def build_draft(delivery: Delivery) -> EmailMessage:
    """The mail with every file, for a mail program of the organisers' own: it opens as a draft."""
    files = delivery.files.sealed_for_office() or delivery.files.for_office()
    plan = MailPlan(list(files), [])
    message = _message(delivery, plan, delivery.rules["email"])
    message.from_email = ""
    message.extra_headers = {"X-Unsent": "1", "Date": format_datetime(delivery.frozen_at)}
    return message


def as_bytes(message: EmailMessage) -> bytes:
    """The message as it goes over the wire; the line between its parts is not drawn by lot."""
    made = message.message()
    if made.is_multipart():
        seed = f"{message.extra_headers.get('Message-ID')} {message.subject}"
        made.set_boundary(f"part-{hashlib.sha256(seed.encode()).hexdigest()[:40]}")
    content: bytes = made.as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    return content


def _message(delivery: Delivery, plan: MailPlan, recipient: str) -> EmailMessage:
    with speak(delivery.language):
        opening = (
            gettext("Please find attached an open letter to %(office)s.")
            if plan.attached
            else gettext("An open letter to %(office)s is ready for you.")
        )
        about_seal = gettext(
            "The files are sealed: a PDF reader shows by whom, and that nobody has changed them "
            "since."
        )
        body = "\n\n".join(
            [
                opening % {"office": delivery.rules["name"]},
                *totals_in_words(delivery),
                *named_sentence(delivery),
                *([delivery.required_statement] if delivery.required_statement else []),
                *([about_seal] if plan.is_sealed else []),
                gettext("Number, date and the SHA-256 of each file: %(address)s")
                % {"address": f"{settings.SITE_URL}{delivery.get_absolute_url()}"},
                delivery.letter.coalition.name,
            ]
        )
    message = EmailMessage(
        subject=" ".join(delivery.subject.split()), body=body, to=[recipient] if recipient else []
    )
    for file in plan.attached:
        message.attach(file_name(delivery, file.name), unchanged(file), file.media_type)
    return message


def _about_link(link: DossierLink, files: Sequence[DossierFile]) -> str:
    opening = gettext(
        "These files are too large for a mail. Until %(date)s you find them here, without a "
        "password: %(address)s"
    ) % {"date": formal_date(link.expires_at), "address": link.url}
    names = [
        f"– {file.name}, {filesizeformat(file.bytes)}, SHA-256 {file.sha256}" for file in files
    ]
    return "\n".join([opening, *names])


def unchanged(file: DossierFile) -> bytes:
    """The file's content, if it is what was hashed. Raises NotAccepted."""
    if file.redacted_at:
        raise NotAccepted(f"{file.name}: somebody named in it had their data erased", lasting=True)
    try:
        content = file.path.read_bytes()
    except FileNotFoundError:
        raise NotAccepted(f"{file.name} is gone from the disk", lasting=True) from None
    except OSError as error:
        raise NotAccepted(f"{file.name}: {error.strerror}", lasting=False) from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise NotAccepted(f"{file.name} was changed on the disk", lasting=True)
    return content
