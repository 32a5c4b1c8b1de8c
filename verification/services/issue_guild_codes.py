"""Guilds and their one-time codes: made, given out once, forgotten but for a hash, cancelled."""

import secrets

from django.db import transaction

from common.crypto import keyed_digest
from common.names import name_key
from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from verification.models import Action, AuditEntry, Guild, GuildCode
from verification.typed_code import ALPHABET, plain

# 24 letters to the power of ten, 6 × 10¹³: behind the throttle nobody guesses one of thousands.
LENGTH = 10
MOST = 2000


class LinkClosed(Exception):
    """The representative's link was replaced or closed meanwhile."""


class LimitReached(Exception):
    """More codes than the organisers let the representative have; `left` are to be had."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


def add_guild(*, letter: Letter, name: str, actor: User) -> Guild:
    """The letter's guild of this name; one that is there already is left as it is. Raises
    RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        guild, made = Guild.objects.get_or_create(
            letter=letter, name_key=name_key(name)[:160], defaults={"name": name}
        )
        if made:
            _record(guild, Action.GUILD, guild.name, actor)
    return guild


def issue_guild_codes(
    *, guild: Guild, number: int, actor: User | None, link_key: str = ""
) -> list[str]:
    """Makes up to `MOST` codes, such as `K7QMX-2TRAC`; nobody can be told them again.

    Nobody is the actor of who comes by the representative's link (`link_key`), and is held to the
    limit, under the guild's lock. Raises RoleEnded; LinkClosed, LimitReached.
    """
    codes = [_code() for _ in range(min(number, MOST))]
    with transaction.atomic():
        if actor is not None:
            check_member(letter=guild.letter, user=actor, needed=Role.EDITOR)
        else:
            left = lock_link(guild.pk, link_key).codes_left()
            if len(codes) > left:
                raise LimitReached(left)
        GuildCode.objects.bulk_create(
            GuildCode(guild=guild, digest=code_digest(guild.letter_id, code)) for code in codes
        )
        _record(guild, Action.ISSUE, f"{guild.name}: {len(codes)}", actor)
    return codes


def cancel_guild_codes(*, guild: Guild, actor: User | None, link_key: str = "") -> int:
    """Makes every code that nobody has used worthless, as if it had never been issued; members who
    used theirs stay members. Returns how many.

    Locked first: of a member and an organiser at once one wins. Raises RoleEnded; LinkClosed, for
    who comes by the representative's link.
    """
    with transaction.atomic():
        if actor is not None:
            check_member(letter=guild.letter, user=actor, needed=Role.EDITOR)
        else:
            lock_link(guild.pk, link_key)
        unused = guild.codes.filter(redeemed_at__isnull=True).select_for_update()
        ids = list(unused.values_list("pk", flat=True))
        if ids:
            guild.codes.filter(pk__in=ids).delete()
            _record(guild, Action.CANCEL, f"{guild.name}: {len(ids)}", actor)
    return len(ids)


def lock_link(guild_id: int, key: str) -> Guild:
    """The guild's row, locked, while the representative's link with this key is open. Call it in
    a transaction. Raises LinkClosed."""
    guild = Guild.objects.by_link(guild_id, key).select_for_update().first()
    if guild is None:
        raise LinkClosed
    return guild


def _record(guild: Guild, action: Action, note: str, actor: User | None) -> None:
    AuditEntry.objects.create(letter_id=guild.letter_id, actor=actor, action=action, note=note)


def code_digest(letter_id: int, code: str) -> bytes:
    """Bound to the letter, so that a code of another letter is no code here."""
    return keyed_digest("guild code", f"{letter_id}:{plain(code)}")


def _code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[: LENGTH // 2]}-{letters[LENGTH // 2 :]}"
