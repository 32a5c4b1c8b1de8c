"""The two ways to the sign form: the letter's public page, and a personal invitation."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from letters.models import Translation
from letters.services.current_letter import CurrentLetter
from verification.forms import InvitedForm, SignForm
from verification.models import Invitation


class Door:
    """The public one: whoever reads the letter may sign it."""

    invitation: Invitation | None = None

    def __init__(self, current: CurrentLetter) -> None:
        self.current = current

    @property
    def is_open(self) -> bool:
        return self.current.letter.accepts_signatures()

    @property
    def form_url(self) -> str:
        return reverse("sign", kwargs={"slug": self.current.letter.slug})

    def inbox_url(self, translation: Translation) -> str:
        """The page that tells to look for the mail."""
        return translation.url_of("check_inbox")

    def empty_form(self, language: str) -> SignForm:
        return self._form(
            initial={"version": self.current.version.number, "language": language},
        )

    def sent_form(self, data: Mapping[str, Any]) -> SignForm:
        return self._form(data)

    def _form(self, *args: Any, **kwargs: Any) -> SignForm:
        return SignForm(*args, letter=self.current.letter, version=self.current.version, **kwargs)


class InvitedDoor(Door):
    """An invitation's: open under embargo too, and the address is the invited one."""

    def __init__(self, current: CurrentLetter, invitation: Invitation, token: str) -> None:
        super().__init__(current)
        self.invitation: Invitation = invitation
        self.token = token

    @property
    def is_open(self) -> bool:
        return self.current.letter.accepts_invited()

    @property
    def form_url(self) -> str:
        return self.url_of("invited")

    def inbox_url(self, translation: Translation) -> str:
        return self.url_of("invited_inbox")

    def url_of(self, route: str) -> str:
        """The path of one of the pages behind this invitation."""
        return reverse(route, kwargs={"token": self.token})

    def empty_form(self, language: str) -> SignForm:
        form = super().empty_form(language)
        form.initial["name"] = self.invitation.name
        return form

    def _form(self, *args: Any, **kwargs: Any) -> SignForm:
        return InvitedForm(
            *args,
            letter=self.current.letter,
            version=self.current.version,
            email=self.invitation.email,
            **kwargs,
        )
