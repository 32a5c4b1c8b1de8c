"""One-time codes for a guild's members: made, given out once, and forgotten but for a hash."""

import secrets

from common.crypto import keyed_digest
from verification.models import Guild, GuildCode
from verification.typed_code import ALPHABET, plain

# 24 letters to the power of ten, 6 × 10¹³: behind the throttle nobody guesses one of thousands.
LENGTH = 10
MOST = 2000


def issue_guild_codes(*, guild: Guild, number: int) -> list[str]:
    """Makes up to `MOST` codes, such as `K7QMX-2TRAC`; nobody can be told them again."""
    codes = [_code() for _ in range(min(number, MOST))]
    GuildCode.objects.bulk_create(
        GuildCode(guild=guild, digest=code_digest(guild.letter_id, code)) for code in codes
    )
    return codes


def code_digest(letter_id: int, code: str) -> bytes:
    """Bound to the letter, so that a code of another letter is no code here."""
    return keyed_digest("guild code", f"{letter_id}:{plain(code)}")


def _code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[: LENGTH // 2]}-{letters[LENGTH // 2 :]}"
