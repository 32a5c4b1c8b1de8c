"""The mailbox's files: one message a file, named by arrival, read back for the pages."""

import itertools
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path
from typing import Any, cast

from coalition.embedded import addresses

NAME = re.compile(r"[0-9]{20}-[0-9]{6}")
ENVELOPE_TO = "X-Envelope-To"
ENVELOPE_FROM = "X-Envelope-From"
_numbers = itertools.count(1)


class NoSuchMessage(Exception):
    """No message has this name."""


def folder() -> Path:
    """Return the directory of the messages: `mailbox/` under VAR."""
    return addresses.var_dir() / "mailbox"


def save_message(into: Path, *, sender: str, recipients: list[str], content: bytes) -> Path:
    """Write one message, whole or not at all, and return its file.

    The envelope goes before the message's own headers: a hidden recipient is in no header of its
    own. Names sort by arrival.
    """
    name = f"{time.time_ns():020d}-{next(_numbers) % 1_000_000:06d}"
    unfinished = into / f".{name}"
    envelope = f"{ENVELOPE_TO}: {', '.join(recipients)}\r\n{ENVELOPE_FROM}: {sender}\r\n"
    unfinished.write_bytes(envelope.encode("utf-8", "surrogateescape") + content)
    final = into / f"{name}.eml"
    unfinished.rename(final)
    return final


class _Forgiving(policy.EmailPolicy):
    """Shows a header that the parser cannot take apart as plain text, and leaves such a one empty
    where it says how to read the mail.
    """

    def header_fetch_parse(self, name: str, value: str) -> Any:
        try:
            return super().header_fetch_parse(name, value)
        except Exception:  # over broken addresses: IndexError, AttributeError, ValueError and more
            if name.lower().startswith("content-"):
                return self.header_factory(name, "")
            return self.header_factory("X-Unreadable", "".join(value.splitlines()))


POLICY = cast("policy.EmailPolicy[EmailMessage]", _Forgiving())


@dataclass(frozen=True)
class Message:
    """One caught message."""

    name: str
    parsed: EmailMessage

    @property
    def received_at(self) -> datetime:
        """When it arrived, from its name."""
        return datetime.fromtimestamp(int(self.name.partition("-")[0]) / 1e9, tz=UTC)

    @property
    def subject(self) -> str:
        """The subject, or an empty string."""
        return str(self.parsed.get("Subject", ""))

    @property
    def recipients(self) -> str:
        """Whom the envelope named."""
        return str(self.parsed.get(ENVELOPE_TO, ""))

    @property
    def sender(self) -> str:
        """From whom it says it is."""
        return str(self.parsed.get("From", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in their order."""
        return [(name, str(value)) for name, value in self.parsed.items()]

    @property
    def text(self) -> str:
        """The plain text part, or an empty string."""
        return _text(self.parsed.get_body(("plain",)))

    @property
    def html(self) -> str:
        """The HTML part, or an empty string."""
        return _text(self.parsed.get_body(("html",)))

    @property
    def attachments(self) -> list[EmailMessage]:
        """The attached parts in their order."""
        return [part for part in self.parsed.iter_attachments() if isinstance(part, EmailMessage)]

    @property
    def attachment_names(self) -> list[str]:
        """Their file names, or what they are."""
        return [part.get_filename() or part.get_content_type() for part in self.attachments]


def message_names(to: str = "") -> list[str]:
    """Return the names of the messages, newest first; with `to`, those with it in a recipient's
    address.
    """
    wanted = to.strip().casefold()
    try:
        found = sorted((entry.removesuffix(".eml") for entry in os.listdir(folder())), reverse=True)
    except FileNotFoundError:
        return []
    names = [name for name in found if NAME.fullmatch(name)]
    return [name for name in names if wanted in _first_line(name).casefold()] if wanted else names


def read_headers(names: list[str]) -> Iterator[Message]:
    """Yield the messages of these names with their headers only; one deleted meanwhile is left
    out.
    """
    parser = BytesHeaderParser(policy=POLICY)
    for name in names:
        try:
            with _path(name).open("rb") as file:
                yield Message(name, parser.parse(file))
        except FileNotFoundError:
            continue


def read_message(name: str) -> Message:
    """Return the message of that name. Raises NoSuchMessage, for a name that is none as well."""
    try:
        content = _path(name).read_bytes()
    except FileNotFoundError as error:
        raise NoSuchMessage(name) from error
    return Message(name, BytesParser(policy=POLICY).parsebytes(content))


def _path(name: str) -> Path:
    """Return a message's file; the name comes from a stranger's URL and must not lead out of the
    folder.
    """
    if not NAME.fullmatch(name):
        raise NoSuchMessage(name)
    return folder() / f"{name}.eml"


def _first_line(name: str) -> str:
    """Return the recipients' line without parsing, so that searching ten thousand messages stays
    quick.
    """
    try:
        with _path(name).open("rb") as file:
            return file.readline().decode("utf-8", "replace").removeprefix(f"{ENVELOPE_TO}: ")
    except FileNotFoundError:
        return ""


def _text(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # an encoding that Python does not know
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
