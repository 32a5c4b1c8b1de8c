"""Mail and network addresses of invented people, all reserved for examples: they reach nobody."""

import random
import re
from functools import lru_cache

from icu import Transliterator

_DOMAINS = ("mail.example", "post.example", "inbox.example", "letters.example")
_NOT_LOCAL = re.compile(r"[^a-z0-9]+")
_latin = Transliterator.createInstance("Any-Latin; Latin-ASCII; Lower")


def mail_address(source: random.Random, name: str, number: int, domain: str = "") -> str:
    """An address such as `imogen.ravenscroft123@mail.example`; the number makes it unique.

    The domain is under .example, reserved by RFC 2606.
    """
    local = ".".join(_local(word) for word in name.split())
    local = _NOT_LOCAL.sub(".", local).strip(".")[:40].strip(".")
    return f"{local or 'signatory'}{number}@{domain or source.choice(_DOMAINS)}"


@lru_cache(maxsize=20_000)
def _local(word: str) -> str:
    """A word in plain letters. Names share words, and ICU takes its time."""
    return str(_latin.transliterate(word))


def network(source: random.Random) -> str:
    """A network from the blocks for documentation (RFC 5737, RFC 3849)."""
    if source.random() < 0.35:
        block = source.choice(("192.0.2", "198.51.100", "203.0.113"))
        return f"{block}.{source.randrange(1, 255)}"
    return f"2001:db8:{source.randrange(0xFFFF):x}:{source.randrange(0xFFFF):x}::/64"
