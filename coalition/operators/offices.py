"""The operators' editor of offices: the form is Django's admin, what saves is the service."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coalition.operators.site import ReadOnly, site
from letters.models import Office, User
from letters.office_forms import OfficeForm
from letters.services.change_office import add_office, change_office


@admin.register(Office, site=site)
class OfficeTable(ReadOnly):
    """May be added and changed, not deleted: deliveries point at it."""

    form = OfficeForm
    list_display = ("name", "channel", "deadline", "checked_on")
    search_fields = ("name", "docket")
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "docket", "email", "postal_address", "channel")}),
        (_("Deadline"), {"fields": ("deadline_local", "deadline_is_day", "time_zone")}),
        (
            _("Pages and files"),
            {
                "fields": (
                    *("max_pages", "annexes_count", "min_type_pt", "page_size", "formats"),
                    *("max_file_bytes", "max_total_bytes", "max_files", "names_submitter"),
                )
            },
        ),
        (_("What has to be said"), {"fields": ("subject_includes", "required_statement")}),
        (
            _("The form on the office’s site"),
            {
                "fields": (
                    *("comment_chars", "comment_bytes", "comment_emoji", "comment_or_files"),
                    *("person_name_chars", "organisation_chars", "email_chars"),
                )
            },
        ),
        (_("How it is known"), {"fields": ("source", "checked_on", "notes")}),
    )

    @admin.display(description=_("Deadline"), ordering="deadline_at")
    def deadline(self, office: Office) -> str | None:
        """In the office's own time zone, as elsewhere."""
        return office.deadline.words if office.deadline else None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return site.has_permission(request)

    def save_model(self, request: HttpRequest, obj: Office, form: Any, change: bool) -> None:
        actor = cast(User, request.user)
        if change:
            change_office(office_id=obj.pk, values=form.changed_values(), actor=actor)
        else:
            obj.pk = add_office(values=form.values(), actor=actor).pk

    # The services write the log of changes; a second one would say less.
    def log_addition(self, *args: Any) -> None:  # type: ignore[override]
        return None

    def log_change(self, *args: Any) -> None:  # type: ignore[override]
        return None
