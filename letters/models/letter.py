from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, FilteredRelation, Min, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from letters.models.coalition import Coalition
from letters.models.office import Office


class LetterStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    EMBARGOED = "embargoed", _("Embargoed")
    OPEN = "open", _("Open for signatures")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")


class ReviewPolicy(models.TextChoices):
    PUBLISH = "publish", _("Publish after confirmation")
    HOLD = "hold", _("Hold everything for a moderator")


class OptionalField(models.TextChoices):
    """The fields of the sign form that a letter may ask or leave out."""

    ROLE_TITLE = "role_title", _("Role or title")
    AFFILIATION = "affiliation", _("Affiliation")
    COUNTRY = "country", _("Country")
    CITY = "city", _("City")
    COMMENT = "comment", _("Public comment")


def default_fields() -> list[str]:
    return [
        OptionalField.ROLE_TITLE.value,
        OptionalField.AFFILIATION.value,
        OptionalField.COUNTRY.value,
    ]


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible(self) -> LetterQuerySet:
        """Letters that a stranger may know of: published and past any embargo. An embargo ends in
        the second of `opens_at`, whatever the status still says."""
        published = Q(status__in=(LetterStatus.OPEN, LetterStatus.PAUSED, LetterStatus.CLOSED))
        revealed = Q(status=LetterStatus.EMBARGOED, opens_at__lte=timezone.now())
        return self.filter(published | revealed, current_version__isnull=False)

    def for_invited(self) -> LetterQuerySet:
        """Letters that the holder of a personal invitation may know of: those under embargo too."""
        return self.exclude(status=LetterStatus.DRAFT).filter(current_version__isnull=False)

    def with_title(self) -> LetterQuerySet:
        """Adds `title`: the current text's in its authoritative language, and before there is one
        that of the draft, which may be empty."""
        text = FilteredRelation(
            "current_version__translations",
            condition=Q(current_version__translations__is_authoritative=True),
        )
        draft = FilteredRelation("drafts", condition=Q(drafts__is_authoritative=True))
        return self.annotate(
            original=text, begun=draft, title=Coalesce("original__title", "begun__title")
        )

    def next_change(self) -> datetime | None:
        """The next instant at which one of them goes public, opens or closes by the clock."""
        now = timezone.now()
        times = self.exclude(status=LetterStatus.DRAFT).aggregate(
            opens=Min("opens_at", filter=Q(opens_at__gt=now)),
            closes=Min("closes_at", filter=Q(closes_at__gt=now)),
        )
        return min((at for at in times.values() if at is not None), default=None)

    def of_member(self, user_id: int) -> LetterQuerySet:
        return self.filter(coalition__memberships__user_id=user_id)


class Letter(models.Model):
    """An open letter or petition of a coalition; its text is in its versions."""

    coalition = models.ForeignKey(Coalition, models.PROTECT, related_name="letters")
    offices = models.ManyToManyField(Office, blank=True, related_name="letters")
    current_version = models.ForeignKey(
        "letters.Version", models.PROTECT, null=True, blank=True, related_name="+"
    )

    slug = models.SlugField(max_length=60, unique=True)
    goal = models.PositiveIntegerField(null=True, blank=True)
    fields = ArrayField(models.CharField(max_length=20), default=default_fields, blank=True)
    organisations_may_sign = models.BooleanField(default=True)
    # An organiser wants a proof of work of everybody who signs; see docs/signals.md.
    surge_mode = models.BooleanField(default=False)
    review_policy = models.CharField(
        max_length=10, choices=ReviewPolicy, default=ReviewPolicy.PUBLISH
    )
    # Whom signatories ask about their data; public.
    privacy_contact = models.EmailField(blank=True)

    status = models.CharField(max_length=10, choices=LetterStatus, default=LetterStatus.DRAFT)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    # The organisers no longer stand by it: nobody signs it and no office gets it any more.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # In which the organisers write these times; an IANA name.
    time_zone = models.CharField(max_length=50, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=LetterStatus.values), name="letter_status_known"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(opens_at__lt=F("closes_at")),
                name="letter_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(status=LetterStatus.CLOSED),
                name="letter_withdrawn_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=(LetterStatus.DRAFT, LetterStatus.EMBARGOED))
                | Q(current_version__isnull=False),
                name="letter_public_has_a_version",
            ),
        )

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("letter", kwargs={"slug": self.slug})

    def accepts_signatures(self, at: datetime | None = None) -> bool:
        """Whether a signature sent at this instant (default now) is taken."""
        at = at or timezone.now()
        return (
            self.status in (LetterStatus.OPEN, LetterStatus.EMBARGOED)
            and not self.is_sealed(at)
            and (self.opens_at is None or self.opens_at <= at)
            and (self.closes_at is None or at < self.closes_at)
        )

    def is_sealed(self, at: datetime | None = None) -> bool:
        """Whether the letter is under embargo at this instant (default now): nobody knows of it but
        members and who is invited. It ends at `opens_at`; without one, when a member opens it."""
        at = at or timezone.now()
        return self.status == LetterStatus.EMBARGOED and (
            self.opens_at is None or self.opens_at > at
        )

    def accepts_invited(self, at: datetime | None = None) -> bool:
        """Whether a signature by personal invitation is taken: under embargo too."""
        return self.is_sealed(at) or self.accepts_signatures(at)

    def next_change(self) -> datetime | None:
        """The next instant at which it opens or closes by the clock."""
        now = timezone.now()
        return min((at for at in (self.opens_at, self.closes_at) if at and at > now), default=None)

    def closed_reason(self, at: datetime | None = None) -> str:
        """Why the letter takes no signatures at this instant (default now); empty where it does."""
        at = at or timezone.now()
        if self.accepts_signatures(at):
            return ""
        if self.withdrawn_at is not None:
            return gettext("The organisers have withdrawn this letter.")
        if self.status == LetterStatus.PAUSED:
            return gettext("Signing is paused for the moment.")
        if self.opens_at and self.opens_at > at:
            return gettext("This letter is not open for signatures yet.")
        return gettext("This letter is closed. Thank you to everyone who signed.")

    def asks(self, field: str) -> bool:
        """Whether this letter's form has the optional field."""
        return field in self.fields
