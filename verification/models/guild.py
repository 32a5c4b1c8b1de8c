from __future__ import annotations

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Now

from letters.models import Letter
from signatories.models import Signature, Status


class GuildQuerySet(models.QuerySet["Guild"]):
    def of_letter(self, letter_id: int) -> GuildQuerySet:
        return self.filter(letter_id=letter_id)

    def with_members(self) -> GuildQuerySet:
        """With `members`: how many signatures that count redeemed a code of the guild."""
        counts = Q(codes__redeemed_by__status=Status.COUNTED)
        return self.annotate(members=Count("codes", filter=counts))

    def with_codes(self) -> GuildQuerySet:
        """With `issued`, `used` and `unused`: how many codes there are."""
        used = Count("codes__redeemed_at")
        return self.annotate(issued=Count("codes"), used=used, unused=Count("codes") - used)

    def by_link(self, guild_id: int, key: str) -> GuildQuerySet:
        """The guild whose representative's link this is, while it is open."""
        return self.filter(pk=guild_id, link_key=key).exclude(link_key="")

    def with_signatories(self) -> GuildQuerySet:
        """Those of whom at least one member counts."""
        return self.with_members().filter(Q(members__gt=0))


class Guild(models.Model):
    """An association whose representative hands one-time codes to its members for a letter."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="guilds")

    name = models.CharField(max_length=160)
    name_key = models.CharField(max_length=160, editable=False)

    # Of the representative's private link; empty while it is closed.
    link_key = models.CharField(max_length=16, blank=True)
    # How many codes, used ones included, the representative may have.
    codes_limit = models.PositiveIntegerField(default=0)

    created_at = models.DateTimeField(db_default=Now())

    objects = GuildQuerySet.as_manager()

    class Meta:
        ordering = ("name_key",)
        constraints = (
            models.UniqueConstraint(
                fields=("letter", "name_key"), name="guild_one_per_letter_and_name"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def codes_left(self) -> int:
        """How many more codes the representative may make."""
        return max(0, self.codes_limit - self.codes.count())


class GuildCode(models.Model):
    """A one-time code; only its keyed hash, which is bound to the letter, is here."""

    guild = models.ForeignKey(Guild, models.CASCADE, related_name="codes", db_index=False)
    redeemed_by = models.ForeignKey(
        Signature, models.SET_NULL, null=True, blank=True, related_name="guild_codes"
    )

    digest = models.BinaryField(max_length=32, unique=True)

    created_at = models.DateTimeField(db_default=Now())
    redeemed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("guild", "redeemed_by"), name="guildcode_members"),)
        constraints = (
            models.UniqueConstraint(
                fields=("guild", "redeemed_by"),
                condition=Q(redeemed_by__isnull=False),
                name="guildcode_one_per_guild_and_signature",
            ),
            # Not the other way round: who erases the signature leaves a code that is used.
            models.CheckConstraint(
                condition=Q(redeemed_by__isnull=True) | Q(redeemed_at__isnull=False),
                name="guildcode_redeemed_knows_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.guild_id} {'used' if self.redeemed_at else 'free'}"
