"""allauth's forms for passkeys, which raise whatever the parser does over credentials that no
browser sends; here such a credential is a wrong one. Named in MFA_FORMS."""

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError

T = TypeVar("T")


def _or_wrong_code(clean: Callable[[], T]) -> T:
    try:
        return clean()
    except ValidationError:
        raise
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


class AddPasskeyForm(forms.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    def clean(self) -> dict[str, Any]:
        return _or_wrong_code(super().clean)


class LoginPasskeyForm(forms.LoginWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        return _or_wrong_code(super().clean_credential)
