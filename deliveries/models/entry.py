from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from deliveries.models.delivery import Delivery


class EntryKind(models.TextChoices):
    ORGANISATION = "organisation", _("Organisation")
    PERSON = "person", _("Person")


class DeliveryEntry(models.Model):
    """One line of a frozen roll. A trigger refuses to change or delete a row; it does not guard
    against TRUNCATE or dropping the trigger, which only the table's owner can do.

    `signature_id` is no foreign key: the entry outlives the signature it was taken from.
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
            models.CheckConstraint(condition=~Q(name=""), name="delivery_entry_is_named"),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"
