"""Addresses, domains and networks whose signatures a moderator looks at first."""

import ipaddress

from django.db import transaction

from common.canonical import AddressError, canonical_email, clean_email
from common.crypto import network_of
from common.freemail import is_free_mail
from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from signatories.models import Signature
from verification.models import Action, AuditEntry, Block, BlockKind, block_digest


class NotBlockable(ValueError):
    """The text is no mail address, no domain and no network."""


def read_sender(text: str) -> tuple[BlockKind, str]:
    """What somebody typed: an address, a network (one address of it, or 2001:db8::/64), a domain.

    Raises NotBlockable.
    """
    text = text.strip().removeprefix("@")
    try:
        if "@" in text:
            return BlockKind.ADDRESS, canonical_email(clean_email(text))
        if ":" in text or text.replace(".", "").partition("/")[0].isdigit():
            return BlockKind.NETWORK, _network(text)
        return BlockKind.DOMAIN, clean_email(f"x@{text}").rpartition("@")[2].lower()
    except (AddressError, ValueError):
        raise NotBlockable from None


def _network(text: str) -> str:
    """Only what one sender has: an IPv4 address, or the 64 bits that an IPv6 network has."""
    network = ipaddress.ip_network(text, strict=False)
    if network.prefixlen < (32 if network.version == 4 else 64):
        raise ValueError(text)
    return network_of(str(network.network_address))


def block_sender(*, letter: Letter, kind: BlockKind, value: str, note: str, actor: User) -> bool:
    """Blocks for all letters of the coalition; False where it is blocked already.

    Signatures that are confirmed from now on are held; earlier ones stay as they are. Raises
    RoleEnded.
    """
    domain = value if kind == BlockKind.DOMAIN else ""
    return _add(letter, kind, block_digest(kind, value), domain, note, actor)


def block_sender_of(
    *, letter: Letter, signature: Signature, kind: BlockKind, note: str, actor: User
) -> bool:
    """Blocks the address, the domain or the network that a signature came from.

    Raises NotBlockable where no network is kept, and for a domain where anybody has a mailbox: from
    one signature nobody means to hold all of these. Raises RoleEnded.
    """
    match kind:
        case BlockKind.ADDRESS:
            return _add(letter, kind, bytes(signature.email_digest), "", note, actor)
        case BlockKind.DOMAIN:
            domain = canonical_email(signature.email).rpartition("@")[2]
            if is_free_mail(domain):
                raise NotBlockable
            return block_sender(letter=letter, kind=kind, value=domain, note=note, actor=actor)
    if signature.network_digest is None:
        raise NotBlockable
    return _add(letter, kind, bytes(signature.network_digest), "", note, actor)


def _add(
    letter: Letter, kind: BlockKind, digest: bytes, domain: str, note: str, actor: User
) -> bool:
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        block, new = Block.objects.get_or_create(
            coalition_id=letter.coalition_id,
            kind=kind,
            digest=digest,
            defaults={"domain": domain, "note": note},
        )
        if new:
            _log(letter, actor, Action.BLOCK, block)
    return new


def unblock_sender(*, letter: Letter, block_id: int, actor: User) -> None:
    """Takes it off the coalition's list. Raises Block.DoesNotExist, RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        block = Block.objects.select_for_update().get(pk=block_id, coalition_id=letter.coalition_id)
        _log(letter, actor, Action.UNBLOCK, block)
        block.delete()


def _log(letter: Letter, actor: User, action: Action, block: Block) -> None:
    note = f"{block.get_kind_display()} {block.shown}"
    AuditEntry.objects.create(
        letter=letter,
        actor=actor,
        action=action,
        note=f"{note}: {block.note}" if block.note else note,
    )
