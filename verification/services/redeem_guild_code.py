"""A signatory redeems a guild's code, once."""

from django.db import transaction
from django.utils import timezone

from signatories.models import Mark, Signature
from verification.models import Action, AuditEntry, GuildCode
from verification.services.give_evidence import NotConfirmed, give_evidence
from verification.services.issue_guild_codes import code_digest


class CodeRefused(Exception):
    """No such code on this letter, or somebody has used it: one answer, so that none is probed."""


def redeem_guild_code(*, signature_id: int, code: str) -> None:
    """Uses the code up and marks the signature. Its own code again changes nothing, and a second
    code of the same guild is left for somebody else.

    The code's row is locked and looked at again, so of two at once one wins.
    Raises Signature.DoesNotExist, CodeRefused, give_evidence.NotConfirmed.
    """
    with transaction.atomic():
        signature = Signature.objects.select_for_update(of=("self",)).get(pk=signature_id)
        if signature.confirmed_at is None:
            raise NotConfirmed
        found = (
            GuildCode.objects.select_for_update()
            .filter(digest=code_digest(signature.letter_id, code))
            .first()
        )
        if found is None or (found.redeemed_at and found.redeemed_by_id != signature.pk):
            raise CodeRefused
        is_member = GuildCode.objects.filter(guild_id=found.guild_id, redeemed_by=signature)
        if not is_member.exists():
            found.redeemed_by = signature
            found.redeemed_at = timezone.now()
            found.save(update_fields=["redeemed_by", "redeemed_at"])
            AuditEntry.objects.create(
                letter_id=signature.letter_id,
                signature=signature,
                action=Action.EVIDENCE,
                after={"evidence": Mark.GUILD_CODE, "guild": found.guild_id},
            )
        give_evidence(signature_id=signature.pk, kind=Mark.GUILD_CODE)
