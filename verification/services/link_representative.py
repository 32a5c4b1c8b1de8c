"""Opens, renews and closes the private link of a guild's representative."""

import secrets

from django.db import transaction

from letters.models import Role, User
from letters.services.check_member import check_member
from verification.models import Action, AuditEntry, Guild


def link_representative(*, guild: Guild, limit: int, actor: User, renew: bool = False) -> None:
    """Lets the representative have up to `limit` codes in all, used ones included. The link stays
    the same unless it is to be renewed; then the one before stops working. Raises
    RoleEnded."""
    with transaction.atomic():
        check_member(letter=guild.letter, user=actor, needed=Role.EDITOR)
        locked = Guild.objects.select_for_update().get(pk=guild.pk)
        before = {"limit": locked.codes_limit, "open": bool(locked.link_key)}
        locked.codes_limit = limit
        if renew or not locked.link_key:
            locked.link_key = secrets.token_hex(8)
        locked.save(update_fields=["codes_limit", "link_key"])
        _note(locked, actor, before, renewed=renew)


def close_representative_link(*, guild: Guild, actor: User) -> None:
    """The link stops working; codes that were handed out go on. Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=guild.letter, user=actor, needed=Role.EDITOR)
        locked = Guild.objects.select_for_update().get(pk=guild.pk)
        if not locked.link_key:
            return
        locked.link_key = ""
        locked.save(update_fields=["link_key"])
        _note(locked, actor, {"limit": locked.codes_limit, "open": True}, renewed=False)


def _note(guild: Guild, actor: User, before: dict[str, int | bool], *, renewed: bool) -> None:
    AuditEntry.objects.create(
        letter_id=guild.letter_id,
        actor=actor,
        action=Action.GUILD_LINK,
        note=guild.name,
        before=before,
        after={
            "guild": guild.pk,
            "limit": guild.codes_limit,
            "open": bool(guild.link_key),
            "renewed": renewed,
        },
    )
