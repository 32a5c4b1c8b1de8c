from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.crypto import email_digest, keyed_digest, network_digest
from common.likeness import typed_keys
from letters.models import Coalition, Letter
from signatories.models import Signature


class ProtectedNameQuerySet(models.QuerySet["ProtectedName"]):
    def of_letter(self, letter: Letter) -> ProtectedNameQuerySet:
        """The letter's own, and those of all letters of its coalition."""
        return self.filter(
            Q(letter=letter) | Q(letter__isnull=True), coalition_id=letter.coalition_id
        )

    def alike(self, signature: Signature) -> ProtectedNameQuerySet:
        """Those that the signature's name, or its organisation's, could pass for."""
        keys = typed_keys(signature.name)
        if signature.organisation_name:
            keys |= typed_keys(signature.organisation_name, single_words=True)
        return self.of_letter(signature.letter).filter(keys__overlap=sorted(keys))


class ProtectedName(models.Model):
    """A name nobody signs under before a moderator has evidence: of a person or organisation."""

    coalition = models.ForeignKey(Coalition, models.CASCADE, related_name="+", db_index=False)
    letter = models.ForeignKey(
        Letter, models.CASCADE, null=True, blank=True, related_name="protected_names"
    )
    name = models.CharField(max_length=160)
    keys = ArrayField(models.CharField(max_length=400))  # what `common.likeness` compares
    created_at = models.DateTimeField(db_default=Now())

    objects = ProtectedNameQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("coalition", "letter", "name"),
                name="protectedname_once",
                nulls_distinct=False,
            ),
        )
        indexes = (GinIndex(fields=("keys",), name="protectedname_keys", fastupdate=False),)

    def __str__(self) -> str:
        return self.name


class BlockKind(models.TextChoices):
    ADDRESS = "address", _("Address")
    DOMAIN = "domain", _("Domain")
    NETWORK = "network", _("Network")


class BlockQuerySet(models.QuerySet["Block"]):
    def of_signature(self, signature: Signature) -> BlockQuerySet:
        """The blocks of the coalition that the signature's address, domain or network is under."""
        parts = signature.email.rpartition("@")[2].lower().split(".")
        domains = [block_digest(BlockKind.DOMAIN, ".".join(parts[i:])) for i in range(len(parts))]
        network = signature.network_digest
        return self.filter(coalition_id=signature.letter.coalition_id).filter(
            Q(kind=BlockKind.ADDRESS, digest=bytes(signature.email_digest))
            | Q(kind=BlockKind.DOMAIN, digest__in=domains)
            | Q(kind=BlockKind.NETWORK, digest=bytes(network) if network else b"")
        )


class Block(models.Model):
    """An address, domain or network whose signatures a moderator looks at first.

    Addresses and networks are keyed hashes: the list names nobody.
    """

    coalition = models.ForeignKey(Coalition, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=BlockKind)
    digest = models.BinaryField(max_length=32)
    domain = models.CharField(max_length=253, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("coalition", "kind", "digest"), name="block_once"),
            models.CheckConstraint(
                condition=Q(kind=BlockKind.DOMAIN) ^ Q(domain=""), name="block_names_only_domains"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.shown}"

    @property
    def shown(self) -> str:
        """The domain, or the start of the hash, by which a moderator tells two apart."""
        return self.domain or bytes(self.digest).hex()[:12]


def block_digest(kind: BlockKind, value: str) -> bytes:
    """The hash of a canonical address, a domain or a network (as `common.crypto.network_of`)."""
    match kind:
        case BlockKind.ADDRESS:
            return email_digest(value)
        case BlockKind.NETWORK:
            return network_digest(value)
        case BlockKind.DOMAIN:
            return keyed_digest("domain", value)
