"""Addresses: what is accepted, and which spellings are one mailbox."""

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

# Words and dots: the part before the @ as nearly everybody has it (dot-atom, RFC 5322, 3.2.3).
_ATOMS = re.compile(r"[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*", re.ASCII)

# How an encoded word begins (RFC 2047). Mail libraries decode it: one mailbox would have any number
# of spellings, and of some no mail can be made at all. Nobody's address has it.
_ENCODED = "=?"

# Providers that ignore dots in the local part, and those that deliver name+tag to name.
# Sources: the providers' own help pages on aliases, read 2026-11.
_IGNORE_DOTS = frozenset({"gmail.com"})
_IGNORE_TAGS = frozenset(
    {
        *("gmail.com", "outlook.com", "hotmail.com", "live.com", "msn.com"),
        *("icloud.com", "fastmail.com", "proton.me", "zoho.com", "hey.com"),
    }
)
_SAME_DOMAIN = {
    "googlemail.com": "gmail.com",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
    "fastmail.fm": "fastmail.com",
}


class AddressError(ValueError):
    """The text is no address that mail can be sent to; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean_email(text: str) -> str:
    """The address as it is mailed: NFC, domain in ASCII (IDNA 2008).

    Raises AddressError: `not_ascii` where the part before the @ needs SMTPUTF8, which too many
    mail servers refuse, else `invalid`. Deliverability is for the confirmation mail to find out.
    """
    text = unicodedata.normalize("NFC", text.strip())
    local, at, domain = text.rpartition("@")
    if at and not local.isascii():
        raise AddressError("not_ascii")
    if _ENCODED in local:
        raise AddressError("invalid")
    if _ATOMS.fullmatch(local) and len(local) <= 64 and len(text) <= 254 and domain.isascii():
        return f"{local}@{_clean_domain(domain)}"
    return _validated(text)


@lru_cache(maxsize=4096)
def _clean_domain(domain: str) -> str:
    """Most people are at a few providers: their domain is checked once."""
    return _validated(f"x@{domain}").rpartition("@")[2]


def _validated(text: str) -> str:
    try:
        valid = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise AddressError("invalid") from None
    if valid.ascii_email is None:
        raise AddressError("not_ascii")
    return valid.ascii_email


def canonical_email(address: str) -> str:
    """One spelling for all that reach one mailbox: case, aliases of a provider, dots and plus-tags.

    Takes what `clean_email` gave.
    """
    local, _, domain = address.lower().rpartition("@")
    domain = _SAME_DOMAIN.get(domain, domain)
    if domain in _IGNORE_TAGS:
        local = local.partition("+")[0] or local
    if domain in _IGNORE_DOTS:
        local = local.replace(".", "")
    return f"{local}@{domain}"
