"""The featured signatories in the organisers' order, under their headings."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from signatories.models import FeaturedGroup, Signature
from verification.models import Action, AuditEntry

MOST_GROUPS = 12


class TooManyGroups(Exception):
    """The letter has as many groups as it may have."""


def order_featured(
    *,
    letter: Letter,
    sequence: Sequence[str],
    headings: Mapping[int, dict[str, str]],
    actor: User,
    remove: str = "",
    add: bool = False,
) -> None:
    """Puts `s<id>` (signatures) and `g<id>` (groups) in this order; a group reaches to the next.

    Who is no longer featured is passed over, who is featured meanwhile comes last. `headings` are
    those of each group by language. `remove` is a group whose people join the one before; `add`
    makes an empty one at the end. Raises RoleEnded, TooManyGroups.
    """
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        Letter.objects.select_for_update().get(pk=letter.pk)  # as featuring does
        rows = Signature.objects.of_letter(letter.pk).featured().select_for_update()
        signatures = {f"s{row.pk}": row for row in rows}
        groups = {f"g{group.pk}": group for group in FeaturedGroup.objects.filter(letter=letter)}
        if remove in groups:
            groups.pop(remove).delete()
        if add:
            if len(groups) >= MOST_GROUPS:
                raise TooManyGroups
            group = FeaturedGroup.objects.create(letter=letter, first_rank=0)
            groups[f"g{group.pk}"] = group
        known = [
            token for token in dict.fromkeys(sequence) if token in signatures or token in groups
        ]
        rank = 0
        for token in dict.fromkeys([*known, *signatures, *groups]):
            if token in signatures:
                rank += 1
                signatures[token].featured_rank = rank
            else:
                groups[token].first_rank = rank + 1
                groups[token].headings = headings.get(groups[token].pk, groups[token].headings)
        Signature.objects.bulk_update(signatures.values(), ["featured_rank"])
        FeaturedGroup.objects.bulk_update(groups.values(), ["first_rank", "headings"])
        order = sorted(signatures.values(), key=lambda row: row.featured_rank or 0)
        AuditEntry.objects.create(
            letter=letter,
            actor=actor,
            action=Action.ORDER,
            after={
                "signatures": [row.pk for row in order],
                "groups": {group.pk: group.first_rank for group in groups.values()},
            },
        )


def moved(sequence: Sequence[str], move: str) -> list[str]:
    """The sequence with one of it a place up or down: `up-s12`, `down-g3`."""
    tokens = list(sequence)
    way, _, token = move.partition("-")
    if token not in tokens or way not in ("up", "down"):
        return tokens
    at = tokens.index(token)
    to = at - 1 if way == "up" else at + 1
    if 0 <= to < len(tokens):
        tokens[at], tokens[to] = tokens[to], tokens[at]
    return tokens
