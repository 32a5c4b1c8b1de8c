from __future__ import annotations

import json

from django.contrib.postgres.aggregates.mixins import OrderableAggMixin
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Count, Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from deliveries.models.delivery import Delivery
from signatories.models import Mark, Signature


class EntryKind(models.TextChoices):
    ORGANISATION = "organisation", _("Organisation")
    PERSON = "person", _("Person")


LEAF_BYTES = 32
_LINE = ("kind", "name", "role_title", "affiliation", "city", "country", "version_number")


class _Joined(OrderableAggMixin, models.Aggregate):
    """Values of bytes, one behind the other."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ''::bytea %(order_by)s)"
    output_field = models.BinaryField()


class EntryQuerySet(models.QuerySet["DeliveryEntry"]):
    def erased(self) -> EntryQuerySet:
        return self.filter(erased_at__isnull=False)

    def no_longer_named(self, letter_id: int) -> EntryQuerySet:
        """Those, of entries of this letter, whom a delivery that is frozen now would leave out:
        withdrawn or erased, without consent, or taken back by a moderator."""
        named = Signature.objects.of_letter(letter_id).for_office()
        return self.exclude(Exists(named.filter(pk=OuterRef("signature_id"))))

    def absent_from(self, other: Delivery) -> EntryQuerySet:
        """Of these, whose signature has no entry in the other delivery: added, or withdrawn."""
        return self.exclude(Exists(self._twins(other)))

    def corrected_since(self, other: Delivery) -> EntryQuerySet:
        """Of these, whose entry in the other delivery reads otherwise."""
        same = {name: OuterRef(name) for name in _LINE}
        return self.filter(Exists(self._twins(other).exclude(**same)))

    def count_changes(self, since: Delivery, delivery: Delivery) -> dict[str, int]:
        """How many entries were added, withdrawn or corrected, in one pass over both deliveries."""
        table = self.model._meta.db_table
        before, after = (
            ", ".join(f"{row}.{name}" for name in _LINE) for row in ("before", "after")
        )
        # Names of columns, no values.
        statement = (
            "SELECT count(*) FILTER (WHERE before.id IS NULL), "  # noqa: S608  # nosec
            "count(*) FILTER (WHERE after.id IS NULL), "
            "count(*) FILTER (WHERE before.id IS NOT NULL AND after.id IS NOT NULL "
            f"AND ({before}) IS DISTINCT FROM ({after})) "
            f"FROM (SELECT * FROM {table} WHERE delivery_id = %s) AS before "
            f"FULL JOIN (SELECT * FROM {table} WHERE delivery_id = %s) AS after "
            "USING (signature_id)"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [since.pk, delivery.pk])
            return dict(zip(("added", "withdrawn", "corrected"), cursor.fetchone(), strict=True))

    def leaves(self) -> list[bytes]:
        """The leaves in order of position, read as one value, which is faster than rows."""
        found = self.order_by().aggregate(leaves=_Joined("leaf", order_by="position"))["leaves"]
        joined = bytes(found or b"")
        return [joined[at : at + LEAF_BYTES] for at in range(0, len(joined), LEAF_BYTES)]

    def count_marks(self) -> dict[str, int]:
        """How many entries have which mark, in the order of `Mark`."""
        each = self.order_by().annotate(mark=Func(F("marks"), function="unnest"))
        found = dict(each.values_list("mark").annotate(entries=Count("pk")))
        return {mark.value: found[mark] for mark in Mark if mark in found}

    def _twins(self, other: Delivery) -> EntryQuerySet:
        return DeliveryEntry.objects.filter(delivery=other, signature_id=OuterRef("signature_id"))


class DeliveryEntry(models.Model):
    """One line of a frozen roll. A trigger refuses to change or delete a row; it does not guard
    against TRUNCATE or dropping the trigger, which only the table's owner can do.

    `signature_id` is no foreign key: the entry outlives the signature it was taken from. `leaf` is
    the salted hash by which the entry is in the delivery's list root. An erased entry keeps it, and
    loses its salt and words: nobody can find out whom it stood for, and the root stays.
    """

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="entries", db_index=False)
    signature_id = models.BigIntegerField(null=True, blank=True)

    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=EntryKind)
    featured_rank = models.PositiveIntegerField(null=True, blank=True)
    name = models.CharField(max_length=160)
    role_title = models.CharField(max_length=120, blank=True)
    affiliation = models.CharField(max_length=160, blank=True)
    country = CountryField(blank=True)
    city = models.CharField(max_length=80, blank=True)
    marks = ArrayField(models.CharField(max_length=20, choices=Mark), default=list, blank=True)
    version_number = models.PositiveIntegerField(help_text=_("The text that was signed."))
    salt = models.UUIDField(null=True)
    leaf = models.BinaryField(max_length=LEAF_BYTES)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "delivery entries"
        ordering = ("delivery", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("delivery", "position"), name="delivery_entry_position_unique"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EntryKind.values), name="delivery_entry_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, salt__isnull=False) & ~Q(name="")
                | Q(
                    erased_at__isnull=False,
                    salt__isnull=True,
                    **dict.fromkeys(("name", "role_title", "affiliation", "city", "country"), ""),
                ),
                name="delivery_entry_named_or_erased",
            ),
        )
        indexes = (
            # Of both, since whoever compares two deliveries asks before their rows are analysed.
            models.Index(fields=("signature_id", "delivery"), name="delivery_entry_of"),
            models.Index(
                fields=("delivery",),
                name="delivery_entry_erased",
                condition=Q(erased_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"

    def committed(self) -> list[str | int]:
        """What the leaf commits to: its salt, the version signed and the line as delivered."""
        words = (self.kind, self.name, self.role_title, self.affiliation, self.city)
        return [str(self.salt), self.version_number, *words, str(self.country)]


def leaf_data(committed: list[str | int]) -> bytes:
    """The bytes under a leaf: JSON without spaces, as `deliveries_leaf` makes it in SQL and
    `JSON.stringify` in a browser."""
    return json.dumps(committed, ensure_ascii=False, separators=(",", ":")).encode()
