"""The mark of a work address: the address is at the domain of the organisation named."""

from django.db import transaction

from common.freemail import is_free_mail
from common.names import name_key
from letters.models import Role, User
from letters.services.check_member import check_member
from signatories.models import Mark, Organisation, Signature
from verification.models import Action, AuditEntry
from verification.services.give_evidence import give_evidence, take_evidence


class FreeMail(ValueError):
    """Anybody can have an address at this domain."""


def is_at(domain: str, address: str) -> bool:
    """Whether the address is at the domain or one below it; never so for free mail."""
    host = address.rpartition("@")[2].lower()
    if not domain or is_free_mail(domain):
        return False
    return host == domain or host.endswith(f".{domain}")


def check_work_domain(*, signature: Signature) -> None:
    """Gives a confirmed signature the mark where its address is the organisation's, else takes it.

    The organisation is the one that signs, or the one named as affiliation if it is on the letter.
    """
    named = name_key(signature.organisation_name or signature.affiliation)[:160]
    domain = (
        Organisation.objects.filter(letter_id=signature.letter_id, name_key=named)
        .exclude(domain="")
        .values_list("domain", flat=True)
        .first()
        if named
        else None
    )
    if domain and is_at(domain, signature.email):
        give_evidence(signature_id=signature.pk, kind=Mark.WORK_DOMAIN)
    elif Mark.WORK_DOMAIN in signature.marks:
        take_evidence(signature_id=signature.pk, kind=Mark.WORK_DOMAIN)


def set_domain(*, organisation: Organisation, domain: str, actor: User) -> int:
    """Sets or removes the organisation's domain and looks again at those who name it.

    Returns how many bear the mark now. Raises FreeMail, RoleEnded.
    """
    if domain and is_free_mail(domain):
        raise FreeMail
    with transaction.atomic():
        check_member(letter=organisation.letter, user=actor, needed=Role.EDITOR)
        organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
        before, organisation.domain = organisation.domain, domain
        organisation.save(update_fields=["domain"])
        if domain != before:
            AuditEntry.objects.create(
                letter_id=organisation.letter_id,
                actor=actor,
                action=Action.DOMAIN,
                note=f"{organisation.name}: {domain or '–'}",
                before={"domain": before},
                after={"domain": domain},
            )
        named = Signature.objects.of_letter(organisation.letter_id).naming(organisation.name)
        for signature in named.filter(confirmed_at__isnull=False):
            check_work_domain(signature=signature)
        return named.filter(marks__contains=[Mark.WORK_DOMAIN]).count()
