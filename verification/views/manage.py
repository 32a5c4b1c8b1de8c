"""The manage link: a signatory changes, hides, withdraws or signs again, without an account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from common.responses import private, see_other
from signatories.forms import SignatoryForm
from signatories.models import Signature, Status
from signatories.services.withdraw_signature import CannotWithdraw, withdraw_signature
from verification.access import signatory
from verification.account_offer import account_offer
from verification.guild_offer import offer
from verification.links import public_places, verification_code
from verification.services.erase_signature import erase_signature
from verification.services.restore_signature import LetterTakesNone, restore_signature
from verification.services.revise_signature import CHOICES, SHOWN, NotStanding, revise_signature
from verification.views.confirm import problem, translation_of
from verification.views.sign import suggestions

NOTICES = {
    "saved": lambda: _("Your changes are saved."),
    "held": lambda: _("Your changes are saved. A moderator looks at them before they are shown."),
    "withdrawn": lambda: _("Your signature is withdrawn. It is no longer shown or counted."),
    "new_text": lambda: _("You have signed the new text. Your signature counts."),
    "restored": lambda: _("You have signed again."),
    "guild": lambda: _("Your code is accepted. A mark beside your name says so."),
    "account": lambda: _("Your account is linked. A mark beside your name says so."),
    "account_declined": lambda: _("You did not log in. Your signature stays as it was."),
    "closed": lambda: _("The letter takes no signatures at the moment."),
}


class ManageForm(SignatoryForm):
    """The signatory's own details. The capacity stays what it was when signing."""

    def __init__(self, *args: Any, signature: Signature, **kwargs: Any) -> None:
        initial: dict[str, Any] = {name: getattr(signature, name) for name in (*SHOWN, *CHOICES)}
        initial["country"] = str(signature.country)
        initial["show_name"] = "yes" if signature.show_name else "no"
        super().__init__(*args, letter=signature.letter, initial=initial, **kwargs)
        self.signature = signature
        if not signature.is_organisation:
            del self.fields["organisation_name"]
        else:
            # The capacity stays, so here they are never optional.
            for needed in {"organisation_name", "role_title"} & set(self.fields):
                self.fields[needed].required = True

    def for_organisation(self) -> bool:
        return self.signature.is_organisation

    def changes(self) -> dict[str, Any]:
        """The cleaned values of the fields that this form has."""
        return {name: self.cleaned_data[name] for name in (*SHOWN, *CHOICES) if name in self.fields}


@signatory
def manage(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    if signature.confirmed_at is None:
        return problem(request, "unconfirmed", signature)
    form = ManageForm(request.POST if request.method == "POST" else None, signature=signature)
    if request.method == "POST" and form.is_valid():
        return _revise(signature, form, token)
    return _page(request, signature, form, token)


@signatory
def withdraw(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    """Asks first; the button withdraws."""
    if signature.confirmed_at is None:
        return problem(request, "unconfirmed", signature)
    if request.method == "POST":
        try:
            withdraw_signature(signature_id=signature.pk)
        except CannotWithdraw:
            return see_other(reverse("manage", kwargs={"token": token}))
        return _back(token, "withdrawn")
    return private(render(request, "verification/withdraw.html", _context(signature, token)))


@signatory
def sign_again(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    if request.method == "POST" and signature.status == Status.WITHDRAWN:
        try:
            restore_signature(signature_id=signature.pk)
        except LetterTakesNone:
            return _back(token, "closed")
        return _back(token, "restored")
    return see_other(reverse("manage", kwargs={"token": token}))


@signatory
def erase(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    """Asks first; the button erases."""
    context = _context(signature, token)
    if request.method == "POST":
        try:
            erase_signature(signature_id=signature.pk)
        except Signature.DoesNotExist:  # a second press
            return problem(request, "gone")
        return private(render(request, "verification/erased.html", context))
    return private(render(request, "verification/erase.html", context))


def _revise(signature: Signature, form: ManageForm, token: str) -> HttpResponse:
    try:
        revised = revise_signature(signature_id=signature.pk, changes=form.changes())
    except NotStanding:
        return see_other(reverse("manage", kwargs={"token": token}))
    return _back(token, "held" if revised.status == Status.HELD else "saved")


def _back(token: str, notice: str) -> HttpResponse:
    url = reverse("manage", kwargs={"token": token})
    return private(see_other(f"{url}?notice={notice}"))


def _page(request: HttpRequest, signature: Signature, form: ManageForm, token: str) -> HttpResponse:
    notice = NOTICES.get(request.GET.get("notice", ""))
    context = _context(signature, token)
    context |= {
        "form": form,
        "notice": notice() if notice else "",
        "affiliations": suggestions(signature.letter),
        "verification_code": verification_code(signature.pk),
        **public_places(signature, context["translation"]),
        **offer(signature),
        **account_offer(signature),
        "restore_url": reverse("sign_again", kwargs={"token": token}),
    }
    status = 422 if form.errors else 200
    return private(render(request, "verification/manage.html", context, status=status))


def _context(signature: Signature, token: str) -> dict[str, Any]:
    return {
        "signature": signature,
        "letter": signature.letter,
        "translation": translation_of(signature),
        "manage_url": reverse("manage", kwargs={"token": token}),
        "withdraw_url": reverse("withdraw", kwargs={"token": token}),
        "erase_url": reverse("erase", kwargs={"token": token}),
        "data_url": reverse("download_data", kwargs={"token": token}),
        "receipts_url": reverse("receipts", kwargs={"token": token}),
        "new_text_url": reverse("new_text", kwargs={"token": token}),
    }
