from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CoalitionQuerySet(models.QuerySet["Coalition"]):
    def of_member(self, user_id: int) -> CoalitionQuerySet:
        return self.filter(memberships__user_id=user_id)


class Coalition(models.Model):
    """A group that runs letters."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    website = models.URLField(_("website"), blank=True)
    # Who answers for the letters; many countries' laws ask for it.
    imprint = models.TextField(_("imprint"), max_length=1000, blank=True)
    mfa_required = models.BooleanField(_("two-step login required"), default=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CoalitionQuerySet.as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do; each role may do what the ones after it may."""

    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    MODERATOR = "moderator", _("Moderator")
    VIEWER = "viewer", _("Viewer")

    def includes(self, needed: Role) -> bool:
        """Whether a member with this role may do what `needed` allows."""
        order = list(Role)
        return order.index(self) <= order.index(needed)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def by_role(self) -> MembershipQuerySet:
        """Owners first, viewers last, each by name."""
        rank = models.Case(
            *(models.When(role=role, then=n) for n, role in enumerate(Role)),
            output_field=models.SmallIntegerField(),
        )
        return self.order_by(rank, "user__name", "user__email")


class Membership(models.Model):
    """A user's role in a coalition."""

    coalition = models.ForeignKey(Coalition, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("coalition", "user"), name="membership_one_per_coalition_and_user"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER
