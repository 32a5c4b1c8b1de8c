"""What mail servers say about mailboxes that are not there."""

import re
import smtplib
from email.message import Message

_STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
# RFC 3463: the address (but 5.1.7 and 5.1.8, which are the sender's), a mailbox that is disabled,
# no route. A full mailbox, a large mail or a spam filter says nothing about whether it is there.
_GONE = re.compile(r"5\.(1\.(?!7$|8$)\d+|2\.1|4\.4)")


def says_gone(message: Message) -> bool:
    """Whether it is a delivery status notification (RFC 3464) of a mailbox that is gone."""
    return any(
        str(block.get("Action", "")).strip().lower() == "failed"
        and _GONE.fullmatch(str(block.get("Status", "")).strip().partition(" ")[0])
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in part.walk()
    )


def refused_as_gone(error: Exception) -> bool:
    """Whether the server refused the recipient because there is no such mailbox."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    for code, said in error.recipients.values():
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        status = _STATUS.search(text)
        if code in (550, 551, 553) and (status is None or _GONE.fullmatch(status[0])):
            return True
    return False
