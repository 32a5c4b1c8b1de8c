"""One mail's conversation with the mail server (RFC 5321), whose outcome is never guessed."""

import re
import smtplib
from contextlib import suppress
from email.utils import parseaddr
from typing import cast

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils.encoding import punycode

# Message too big, for the system or the mailbox (RFC 3463); a full mailbox is 552 as well.
_TOO_BIG = re.compile(r"\b5\.(?:3\.4|2\.3)\b")
_FULL = re.compile(r"\b5\.2\.2\b")


class NotAccepted(Exception):
    """The server has not taken the message; `lasting` where trying again is no use."""

    def __init__(self, reply: str, *, lasting: bool) -> None:
        super().__init__(reply)
        self.lasting = lasting


class TooLarge(NotAccepted):
    """The server takes no message of this size; `limit` in bytes, or 0 where it does not say."""

    def __init__(self, reply: str, limit: int = 0) -> None:
        super().__init__(reply, lasting=True)
        self.limit = limit


class Unanswered(Exception):
    """The message was handed over and no answer came: it may have gone."""


def hand_over(message: EmailMessage, content: bytes) -> str:
    """Gives the mail server `content`, which is the message in bytes, and returns its answer.

    Raises NotAccepted, TooLarge, Unanswered.
    """
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        backend.send_messages([message])
        return ""
    try:
        return _converse(backend, message, content)
    finally:
        with suppress(OSError):  # a farewell that goes wrong changes nothing
            backend.close()


def _converse(backend: EmailBackend, message: EmailMessage, content: bytes) -> str:
    """Up to the content anything may be tried again, after it nothing."""
    try:
        backend.open()
        server = cast(smtplib.SMTP, backend.connection)
        server.ehlo_or_helo_if_needed()
        size = _announced(server, len(content))
        _expect(server.mail(_on_the_wire(message.from_email), size))
        for recipient in message.recipients():
            _expect(server.rcpt(_on_the_wire(recipient)))
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from None
    except OSError as error:
        raise NotAccepted(str(error), lasting=False) from None
    try:
        code, reply = server.data(content)
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from None
    except OSError as error:
        raise Unanswered(str(error)) from None
    if not (200 <= code < 300 or 400 <= code < 600):
        raise Unanswered(f"no answer of a mail server: {code} {_text(reply)}")
    _expect((code, reply))
    return f"{code} {_text(reply)}"


def _on_the_wire(address: str) -> str:
    """The bare address; a domain in letters of any script as servers know it (RFC 5890)."""
    user, at, domain = parseaddr(address)[1].rpartition("@")
    return f"{user}{at}{punycode(domain)}"


def _announced(server: smtplib.SMTP, size: int) -> list[str]:
    """The parameter that says the size beforehand (RFC 1870). Raises TooLarge where the server has
    said that it takes less."""
    if not server.has_extn("size"):
        return []
    said = server.esmtp_features["size"].strip()
    limit = int(said) if said.isdecimal() else 0
    if 0 < limit < size:
        raise TooLarge(f"SIZE {limit}: the server takes at most so many bytes", limit)
    return [f"size={size}"]


def _expect(answer: tuple[int, bytes]) -> None:
    code, reply = answer
    if not 200 <= code < 300:
        raise _refusal(code, reply)


def _refusal(code: int, reply: bytes | str) -> NotAccepted:
    said = f"{code} {_text(reply)}"
    if code >= 500 and (_TOO_BIG.search(said) or (code == 552 and not _FULL.search(said))):
        return TooLarge(said)
    return NotAccepted(said, lasting=code >= 500)


def _text(reply: bytes | str) -> str:
    """A server's words; the database keeps no zero byte."""
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return text.replace("\0", "\ufffd")
