from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django_countries.fields import CountryField

from common.crypto import decrypt, keyed_digest
from common.publicid import public_id
from letters.models import Letter, Version
from signatories.models.choices import (
    STANDING,
    WITHDRAWABLE,
    Capacity,
    RejectionReason,
    Source,
    Status,
)
from signatories.models.indexes import INDEXES, LISTED
from signatories.models.mark import Mark
from signatories.models.organisation import Organisation
from signatories.models.queryset import SignatureQuerySet
from signatories.models.rollline import RollLine


class Signature(models.Model):
    """One person's or organisation's act of signing one version of one letter."""

    # One foreign key over both (migration 0002) says more than two: the version is the letter's.
    letter = models.ForeignKey(
        Letter, models.PROTECT, related_name="signatures", db_index=False, db_constraint=False
    )
    version = models.ForeignKey(
        Version, models.PROTECT, related_name="signatures", db_index=False, db_constraint=False
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signatures",
        db_index=False,
    )

    language = models.CharField(max_length=12)
    capacity = models.CharField(max_length=12, choices=Capacity, default=Capacity.PERSONAL)
    source = models.CharField(max_length=10, choices=Source, default=Source.WEB)

    name = models.CharField(max_length=120)
    sort_key = models.BinaryField(max_length=1024)
    role_title = models.CharField(max_length=120, blank=True)
    affiliation = models.CharField(max_length=160, blank=True)
    organisation_name = models.CharField(max_length=160, blank=True)
    country = CountryField(blank=True)
    city = models.CharField(max_length=80, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    featured_rank = models.PositiveIntegerField(null=True, blank=True)

    show_name = models.BooleanField(default=True)
    consent_web = models.BooleanField(default=False)
    consent_press = models.BooleanField(default=False)
    consent_government = models.BooleanField(default=False)
    consent_updates = models.BooleanField(default=False)

    email_encrypted = models.BinaryField()
    email_digest = models.BinaryField(max_length=32)
    details_digest = models.BinaryField(max_length=32)
    network_digest = models.BinaryField(max_length=32, null=True, blank=True)
    # What a search of the roll reads; empty for whatever is not listed. Migration 0010 says more.
    roll_line = models.GeneratedField(
        expression=models.Case(
            models.When(
                LISTED, then=RollLine("capacity", "name", "organisation_name", "affiliation")
            ),
            default=models.Value(""),
            output_field=models.TextField(),
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    # Since it confirmed: what the same and nearly the same names share (`common.likeness`).
    likeness = models.BinaryField(max_length=12, null=True, blank=True)

    status = models.CharField(max_length=12, choices=Status, default=Status.UNCONFIRMED)
    rejection_reason = models.CharField(max_length=12, choices=RejectionReason, blank=True)
    withdrawn_from = models.CharField(max_length=12, choices=Status, blank=True)
    signals = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    # Which evidence there is (verification.models.Evidence), kept here so that the roll, which
    # shows it, reads no other table. Written by verification/services/give_evidence.py.
    marks = ArrayField(
        models.CharField(max_length=12, choices=Mark), default=list, db_default=[], blank=True
    )

    created_at = models.DateTimeField(db_default=Now())
    confirmation_due_at = models.DateTimeField(null=True, blank=True, db_default=Now())
    confirmation_sent_at = models.DateTimeField(null=True, blank=True)
    confirmation_attempts = models.PositiveSmallIntegerField(db_default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("letter", "email_digest", "details_digest"),
                name="signature_one_per_address_and_details",
            ),
            models.UniqueConstraint(
                fields=("letter", "email_digest"),
                condition=Q(confirmed_at__isnull=False),
                name="signature_one_confirmed_per_address",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="signature_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=(Status.UNCONFIRMED, Status.REPEATED, Status.REJECTED))
                | Q(confirmed_at__isnull=False),
                name="signature_counts_only_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(Status.UNCONFIRMED, Status.REPEATED))
                | Q(confirmed_at__isnull=True),
                name="signature_confirmed_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(marks=[]) | Q(confirmed_at__isnull=False),
                name="signature_marks_need_confirmation",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.REJECTED, rejection_reason__in=RejectionReason.values)
                | (~Q(status=Status.REJECTED) & Q(rejection_reason="")),
                name="signature_rejected_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.COUNTED, capacity=Capacity.ORGANISATION)
                | Q(organisation__isnull=False),
                name="signature_organisation_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(featured_rank__isnull=True)
                | Q(status__in=(Status.COUNTED, Status.ASKED)),
                name="signature_featured_counts",
            ),
            models.CheckConstraint(
                condition=Q(capacity=Capacity.PERSONAL)
                | ~Q(organisation_name="")
                | Q(erased_at__isnull=False),
                name="signature_organisation_is_named",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(
                    name="",
                    organisation_name="",
                    email_encrypted=b"",
                    network_digest__isnull=True,
                    confirmation_due_at__isnull=True,
                )
                & ~Q(status__in=WITHDRAWABLE),
                name="signature_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=Status.WITHDRAWN,
                    withdrawn_at__isnull=False,
                    withdrawn_from__in=WITHDRAWABLE,
                )
                | (
                    ~Q(status=Status.WITHDRAWN)
                    & Q(withdrawn_at__isnull=True)
                    & Q(withdrawn_from="")
                ),
                name="signature_withdrawn_knows_from_where",
            ),
        )
        indexes = INDEXES

    def __str__(self) -> str:
        return f"{self.display_name} ({self.status})"

    @property
    def display_name(self) -> str:
        """The signatory as displayed: an organisation's name, or the person's."""
        if self.erased_at is not None:
            return gettext("Erased by the signatory")
        return self.organisation_name if self.is_organisation else self.name

    # Django's own methods translate the labels of all choices for each row that is shown.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        return str(Status(self.status).label)

    def get_rejection_reason_display(self) -> str:  # type: ignore[no-redef]
        return str(RejectionReason(self.rejection_reason).label) if self.rejection_reason else ""

    @property
    def is_organisation(self) -> bool:
        return self.capacity == Capacity.ORGANISATION

    @property
    def stands(self) -> bool:
        """Whether it counts, or may once a moderator has looked."""
        return self.status in STANDING

    @property
    def may_be_withdrawn(self) -> bool:
        return self.status in WITHDRAWABLE

    @property
    def is_public(self) -> bool:
        """Whether the public page may show the name."""
        return self.status == Status.COUNTED and self.show_name and self.consent_web

    @property
    def shown_marks(self) -> list[Mark]:
        """Its marks in the order of the legend."""
        return [mark for mark in Mark if mark.value in self.marks]

    @property
    def public_id(self) -> str:
        """What the address of the signature's own page says instead of its number."""
        return public_id("signature", self.pk)

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits of what is shown of the signatory: a decision is about these words.

        Keyed: the audit log keeps it, and nobody may try names against it.
        """
        words = (
            *(self.name, self.organisation_name, self.role_title, self.affiliation),
            *(str(self.country), self.city, self.comment, str(self.show_name)),
        )
        return keyed_digest("fingerprint", "\x1f".join(words)).hex()[:12]

    @property
    def as_seen(self) -> str:
        """The words and the status that a page shows: a decision is about both."""
        return f"{self.fingerprint}-{self.status}"

    @property
    def email(self) -> str:
        """The address as typed; kept encrypted in the database. Empty where it was erased."""
        if self.erased_at is not None:
            return ""
        return decrypt(self.email_encrypted)

    @property
    def masked_email(self) -> str:
        """Enough of the address to judge it by, such as `a…@guild.example`."""
        local, _, domain = self.email.rpartition("@")
        return f"{local[:1]}…@{domain}"
