"""The short code in the confirmation mail, for who reads mail on another device than they sign on.

It is computed from letter, address and the day of the mail by a keyed hash, so nothing is stored,
and a wrong one is told without looking whether the address is known. It works as long as the link.
"""

import hmac
import re
import time

from django.conf import settings

from common.crypto import keyed_digest
from common.throttle import hit

# No vowels (a code is never a word), and nothing that looks like something else: 24⁸ ≈ 10¹¹ codes.
ALPHABET = "2346789BCDFGHJKMPQRTVWXY"
LENGTH = 8
_DAY = 24 * 3600


def typed_code(letter_id: int, address_digest: bytes | memoryview, *, days_ago: int = 0) -> str:
    """The code that a mail of today (or `days_ago`) carries, such as `K7QM-2XTR`."""
    day = int(time.time() // _DAY) - days_ago
    digest = keyed_digest("typed code", f"{letter_id}:{bytes(address_digest).hex()}:{day}")
    number = int.from_bytes(digest)
    letters = [ALPHABET[number // len(ALPHABET) ** i % len(ALPHABET)] for i in range(LENGTH)]
    return "".join(letters[: LENGTH // 2]) + "-" + "".join(letters[LENGTH // 2 :])


def is_typed_code(letter_id: int, address_digest: bytes, code: str) -> bool:
    """Whether a mail about the letter that is not older than its link carried this code.

    Spaces, hyphens and case do not matter. Takes the same time whatever the code.
    """
    days = range(settings.CONFIRMATION_LINK_AGE // _DAY + 1)
    right = [plain(typed_code(letter_id, address_digest, days_ago=n)) for n in days]
    return sum(hmac.compare_digest(one.encode(), plain(code).encode()) for one in right) > 0


def plain(code: str) -> str:
    return re.sub(r"[\s\-–—]", "", code).upper()


def limit_guessing(letter_id: int, address_digest: bytes, network: bytes) -> None:
    """Counts a try against its network and its address. Raises common.throttle.Throttled."""
    keys = {
        "code_network": network.hex()[:24],
        "code_address": f"{letter_id}:{bytes(address_digest).hex()[:24]}",
    }
    hit(keys, nudge="typed_code")
