"""The proof of work that a sender gives while a letter is in surge mode: altcha, served by us.

The sender's browser finds a number whose hash we made; whoever has none sends without, and the
signature waits for a moderator. A challenge is good for one letter, ten minutes and one signature.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from django.conf import settings

from common.crypto import keyed_digest
from common.throttle import is_surging, use_once
from letters.models import Letter

SECONDS = 600


class ChallengeNeeded(Exception):
    """The letter is in surge mode, and the form came without a solution that holds."""


def is_in_surge(letter: Letter) -> bool:
    """Whether everybody who signs this letter is asked for a proof of work."""
    return letter.surge_mode or is_surging("letter", str(letter.pk))


def new_challenge(letter: Letter) -> dict[str, Any]:
    """What the browser has to solve, as altcha's widget would get it."""
    challenge = altcha.create_challenge(
        altcha.ChallengeOptions(
            hmac_key=_key(letter),
            max_number=settings.SURGE_WORK,
            expires=datetime.now(UTC) + timedelta(seconds=SECONDS),
        )
    )
    return {
        "algorithm": challenge.algorithm,
        "challenge": challenge.challenge,
        "maxnumber": challenge.max_number,
        "salt": challenge.salt,
        "signature": challenge.signature,
    }


def is_solved(letter: Letter, solution: str) -> bool:
    """Whether the solution is right and has not been used: it is spent by asking."""
    try:
        payload = json.loads(base64.b64decode(solution))
        # The library reads the salt's parameters and writes them anew before it hashes, so that a
        # salt with another `expires` in it could pass; the hash of what was sent cannot.
        sent = hashlib.sha256(f"{payload['salt']}{payload['number']}".encode()).hexdigest()
        solved, _ = altcha.verify_solution(payload, _key(letter), check_expires=True)
        challenge = payload["challenge"]
    # Whatever a stranger makes up.
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    return bool(solved) and sent == challenge and use_once(f"altcha:{challenge}", SECONDS)


def _key(letter: Letter) -> str:
    return keyed_digest("altcha", str(letter.pk)).hex()
