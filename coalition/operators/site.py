"""Who may enter: operators with a two-step login. For everybody else there is no such page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, URLField
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.responses import see_other
from deliveries.services.redact_delivery import overdue_redactions

View = Callable[..., HttpResponseBase]
# Logging in and passwords are the accounts pages' part, for operators too.
NOT_OURS = {"login", "logout", "password_change", "password_change_done"}


class OperatorSite(AdminSite):
    site_header = gettext_lazy("Operators of this installation")
    site_title = gettext_lazy("Operators")
    index_title = gettext_lazy("What is there")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return is_operator(request) and is_mfa_enabled(request.user)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        entered: View = super().admin_view(view, cacheable)

        @wraps(entered)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not is_operator(request):
                raise Http404
            if not self.has_permission(request):
                messages.warning(request, _("Operators need a two-step login. Set one up first."))
                return see_other(reverse("mfa_index"))
            return entered(request, *args, **kwargs)

        return guarded

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With what an operator has to mend, which the first page says."""
        return {**super().each_context(request), "overdue": overdue_redactions()}

    def get_urls(self) -> list[Any]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in NOT_OURS]


def is_operator(request: HttpRequest) -> bool:
    """Whether this is somebody who runs the installation (and is logged in)."""
    user = request.user
    return user.is_active and user.is_authenticated and user.is_staff and user.is_superuser


class ReadOnly(ModelAdmin):  # type: ignore[type-arg]  # generic only for the checker
    """Rows to look at. What changes them is a service, which locks, checks and logs."""

    show_full_result_count = False
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


site = OperatorSite()
