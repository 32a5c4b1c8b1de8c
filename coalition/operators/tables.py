"""What operators see. No address of a signatory: those are bytes that no page here decrypts."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coalition.operators.site import ReadOnly, site
from deliveries.models import Delivery, Dispatch
from letters.models import ChangeEntry, Coalition, Letter, Membership, User
from letters.services.switch_account import OwnAccount, switch_account
from signatories.models import Signature
from verification.models import AuditEntry


class MembershipRows(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User, site=site)
class UserTable(ReadOnly):
    list_display = ("email", "name", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "last_login", "date_joined")
    inlines = (MembershipRows,)
    actions = ("close_accounts", "open_accounts")

    @admin.action(description=gettext_lazy("Close the chosen accounts"))
    def close_accounts(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._switch(request, chosen, is_active=False)

    @admin.action(description=gettext_lazy("Open the chosen accounts again"))
    def open_accounts(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._switch(request, chosen, is_active=True)

    def _switch(self, request: HttpRequest, chosen: QuerySet[User], *, is_active: bool) -> None:
        done = 0
        for user in chosen:
            try:
                done += switch_account(
                    user=user, is_active=is_active, actor=cast(User, request.user)
                )
            except OwnAccount:
                messages.error(request, _("Your own account stays open."))
        messages.success(
            request,
            ngettext("%(n)d account changed.", "%(n)d accounts changed.", done) % {"n": done},
        )


@admin.register(Coalition, site=site)
class CoalitionTable(ReadOnly):
    list_display = ("name", "slug", "mfa_required", "created_at")
    search_fields = ("name", "slug")
    inlines = (MembershipRows,)


@admin.register(Letter, site=site)
class LetterTable(ReadOnly):
    list_display = ("slug", "coalition", "status", "review_policy", "created_at")
    list_filter = ("status",)
    list_select_related = ("coalition",)
    search_fields = ("slug", "coalition__name")


@admin.register(Signature, site=site)
class SignatureTable(ReadOnly):
    list_display = ("id", "letter", "name", "status", "created_at")
    list_filter = ("status", "capacity")
    list_select_related = ("letter",)
    fields = (
        "letter",
        "version",
        "name",
        "capacity",
        "source",
        "status",
        "rejection_reason",
        "signals",
        "marks",
        "created_at",
        "confirmation_sent_at",
        "confirmed_at",
        "decided_at",
        "withdrawn_at",
        "erased_at",
    )


@admin.register(Delivery, site=site)
class DeliveryTable(ReadOnly):
    list_display = ("letter", "number", "office", "status", "frozen_at", "sent_at")
    list_filter = ("status",)
    list_select_related = ("letter", "office")


@admin.register(Dispatch, site=site)
class DispatchTable(ReadOnly):
    list_display = ("delivery", "method", "status", "attempts", "finished_at")
    list_filter = ("status",)
    list_select_related = ("delivery__letter",)


@admin.register(AuditEntry, site=site)
class DecisionTable(ReadOnly):
    list_display = ("created_at", "letter", "action", "reason", "actor")
    list_filter = ("action",)
    list_select_related = ("letter", "actor")


@admin.register(ChangeEntry, site=site)
class ChangeTable(ReadOnly):
    list_display = ("created_at", "coalition", "change", "person", "actor")
    list_filter = ("change",)
    list_select_related = ("coalition", "person", "actor")
