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
from signatories.models.choices import Capacity, RejectionReason, Source, Status
from signatories.models.indexes import INDEXES, LISTED
from signatories.models.mark import Mark
from signatories.models.organisation import Organisation
from signatories.models.queryset import SignatureQuerySet
from signatories.models.rollline import RollLine


class Status(models.TextChoices):
    """Where a signature stands. Only `counted` is ever public."""

    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    REPEATED = "repeated", _("Repeated")
    HELD = "held", _("Held")
    COUNTED = "counted", _("Counted")
    ASKED = "asked", _("Asked to sign the new text")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Capacity(models.TextChoices):
    PERSONAL = "personal", _("For myself")
    ORGANISATION = "organisation", _("On behalf of an organisation")


class RejectionReason(models.TextChoices):
    FAKE = "fake", _("Not a real signatory")
    IMPOSTOR = "impostor", _("Somebody else’s name")
    DUPLICATE = "duplicate", _("Signed already under another address")
    ABUSE = "abuse", _("Abusive content")
    UNSUITABLE = "unsuitable", _("Does not belong on this letter")
    OTHER = "other", _("Other")


class Source(models.TextChoices):
    WEB = "web", _("Sign form")
    INVITATION = "invitation", _("Personal invitation")
    IMPORT = "import", _("Import")


# On the public page by name; the condition of the roll's indexes, which must be spelt the same.
LISTED = Q(status="counted", show_name=True, consent_web=True)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def counted(self) -> SignatureQuerySet:
        return self.filter(status=Status.COUNTED)

    def listed(self) -> SignatureQuerySet:
        """Those whose names the public page may show."""
        return self.counted().filter(show_name=True, consent_web=True)

    def for_office(self) -> SignatureQuerySet:
        """Those who agreed that a government office publishes and reuses their entry."""
        return self.counted().filter(show_name=True, consent_government=True)

    def for_press(self) -> SignatureQuerySet:
        """Those who agreed to be named in press releases."""
        return self.counted().filter(show_name=True, consent_press=True)

    def for_updates(self) -> SignatureQuerySet:
        """Those who asked for updates by mail."""
        return self.counted().filter(consent_updates=True)

    def people(self) -> SignatureQuerySet:
        return self.filter(capacity=Capacity.PERSONAL)

    def organisations(self) -> SignatureQuerySet:
        return self.filter(capacity=Capacity.ORGANISATION)

    def of_country(self, country: str) -> SignatureQuerySet:
        """Those of a country by its ISO 3166-1 code; all of them where it is empty."""
        return self.filter(country=country) if country else self

    def with_words(
        self, words: str, *, letter_id: int, capacity: str, country: str = ""
    ) -> SignatureQuerySet:
        """Listed ones of this letter, capacity and country whose name or affiliation has words
        that begin like these; case and accents do not count. The index `signature_roll_words`
        (migration 0010) finds them, in no order.
        """
        return self.filter(
            RawSQL(  # nosec B611
                "roll_words(letter_id, capacity, country, roll_line)"
                " @@ roll_search(%s, %s, %s, %s)",
                (letter_id, capacity, country, words),
                output_field=models.BooleanField(),
            )
        )

    def lines_with(self, words: str) -> SignatureQuerySet:
        """The same words, looked for in each row: for who walks them in order and stops soon."""
        return self.filter(
            RawSQL(  # nosec B611
                "roll_line LIKE ALL (roll_patterns(%s))",
                (words,),
                output_field=models.BooleanField(),
            )
        )

    def found_by(self, letter_id: int, words: str) -> SignatureQuerySet:
        """Confirmed ones of this letter in which words begin like these, for organisers: all that
        was typed but the address. The column and its index are migration 0009's."""
        return self.filter(
            RawSQL(  # nosec B611
                "signatories_signature.found_by @@ roll_query(%s, %s)",
                (letter_id, words),
                output_field=models.BooleanField(),
            )
        )

    def featured(self) -> SignatureQuerySet:
        return self.filter(featured_rank__isnull=False).order_by("featured_rank", "id")

    def in_roll_order(self) -> SignatureQuerySet:
        return self.order_by("sort_key", "id")

    def newest_first(self) -> SignatureQuerySet:
        return self.order_by("-confirmed_at", "-id")

    def naming(self, organisation: str) -> SignatureQuerySet:
        """Those who sign for the organisation or name it as their affiliation."""
        return self.filter(
            Q(organisation_name__iexact=organisation) | Q(affiliation__iexact=organisation)
        )

    def of_letter(self, letter_id: int) -> SignatureQuerySet:
        return self.filter(letter_id=letter_id)

    def kept(self) -> SignatureQuerySet:
        """Without those that were erased: rows that only count."""
        return self.filter(erased_at__isnull=True)

    def newest_of_address(self, letter_id: int, address_digest: bytes) -> Signature | None:
        """The address's confirmed signature of the letter, else the newest that waits for it."""
        return (
            self.filter(letter_id=letter_id, email_digest=address_digest)
            .filter(Q(confirmed_at__isnull=False) | Q(status=Status.UNCONFIRMED))
            .order_by(F("confirmed_at").asc(nulls_last=True), "-id")
            .first()
        )

    def confirmed_of_address(self, address_digest: bytes) -> SignatureQuerySet:
        """What the address has signed on all letters, newest first."""
        return (
            # By letter: the index of confirmed addresses starts with it.
            self.filter(letter_id__in=Letter.objects.values("pk"))
            .filter(email_digest=address_digest, confirmed_at__isnull=False)
            .select_related("letter__coalition", "version__letter")
            .prefetch_related("version__translations")
            .order_by("-confirmed_at")
        )

    def alike(self, letter_id: int, likeness: bytes) -> SignatureQuerySet:
        """Confirmed ones of the letter whose displayed name may be the same or nearly."""
        return self.filter(letter_id=letter_id, likeness=likeness).exclude(
            status__in=(Status.REJECTED, Status.WITHDRAWN)
        )

    def mail_due(self) -> SignatureQuerySet:
        """The outbox: rows that wait for their confirmation mail."""
        return self.filter(confirmation_sent_at__isnull=True, confirmation_due_at__lte=Now())


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
                & ~Q(status__in=(Status.COUNTED, Status.HELD, Status.ASKED)),
                name="signature_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=Status.WITHDRAWN,
                    withdrawn_at__isnull=False,
                    withdrawn_from__in=(Status.COUNTED, Status.HELD, Status.ASKED),
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
        indexes = (
            models.Index(
                F("confirmation_due_at"),
                name="signature_outbox",
                condition=Q(confirmation_sent_at__isnull=True),
            ),
            models.Index(
                fields=("letter", "capacity", "sort_key", "id"),
                include=("roll_line",),
                name="signature_roll",
                condition=LISTED,
            ),
            models.Index(
                fields=("letter", "capacity", "country", "sort_key", "id"),
                include=("roll_line",),
                name="signature_roll_country",
                condition=LISTED,
            ),
            models.Index(
                fields=("letter", "capacity", "confirmed_at", "id"),
                include=("country", "roll_line"),
                name="signature_roll_time",
                condition=LISTED,
            ),
            GinIndex(
                fields=("marks",),
                name="signature_roll_marks",
                condition=LISTED,
            ),
            models.Index(
                fields=("id",), name="signature_erased", condition=Q(erased_at__isnull=False)
            ),
            models.Index(
                fields=("letter", "featured_rank"),
                name="signature_featured",
                condition=Q(featured_rank__isnull=False),
            ),
            models.Index(fields=("letter", "status", "-id"), name="signature_queue"),
            # For moderators. All of them leave out what is not confirmed, so that the insert of the
            # sign form pays for none.
            models.Index(
                fields=("letter", "country", "-id"),
                name="signature_queue_country",
                condition=Q(confirmed_at__isnull=False, erased_at__isnull=True),
            ),
            models.Index(
                fields=("letter", "network_digest", "-id"),
                name="signature_queue_network",
                condition=Q(confirmed_at__isnull=False, network_digest__isnull=False),
            ),
            models.Index(
                fields=("letter", "-created_at", "-id"),
                name="signature_queue_time",
                condition=Q(confirmed_at__isnull=False, erased_at__isnull=True),
            ),
            models.Index(
                fields=("letter", "source", "-id"),
                name="signature_queue_source",
                condition=~Q(source=Source.WEB),
            ),
            models.Index(
                fields=("letter", "-id"),
                name="signature_queue_organisation",
                condition=Q(capacity=Capacity.ORGANISATION),
            ),
            models.Index(
                fields=("letter", "-id"),
                name="signature_queue_signalled",
                condition=Q(confirmed_at__isnull=False, erased_at__isnull=True) & ~Q(signals=[]),
            ),
            models.Index(
                fields=("letter", "-id"),
                name="signature_queue_marked",
                condition=Q(confirmed_at__isnull=False, erased_at__isnull=True) & ~Q(marks=[]),
            ),
            GinIndex(
                fields=("signals", "marks"),
                name="signature_queue_signs",
                condition=Q(confirmed_at__isnull=False),
            ),
            models.Index(
                fields=("letter", "likeness"),
                name="signature_likeness",
                condition=Q(likeness__isnull=False),
            ),
            models.Index(
                fields=("letter", "version"), name="signature_asked", condition=Q(status="asked")
            ),
            models.Index(
                fields=("letter", "id"),
                name="signature_updates",
                condition=Q(status="counted", consent_updates=True),
            ),
            models.Index(
                fields=("organisation",),
                name="signature_organisation",
                condition=Q(organisation__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.display_name} ({self.status})"

    @property
    def display_name(self) -> str:
        """The signatory as displayed: an organisation's name, or the person's."""
        if self.erased_at is not None:
            return gettext("Erased by the signatory")
        return self.organisation_name if self.is_organisation else self.name

    @property
    def is_organisation(self) -> bool:
        return self.capacity == Capacity.ORGANISATION

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
