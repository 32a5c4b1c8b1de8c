"""The providers at which a signatory may prove an account, for the thank-you and manage pages."""

from typing import Any

from django.urls import reverse

from common.tokens import make_token
from signatories.models import Mark, Signature
from verification.linked_account import providers_of
from verification.links import MANAGE


def account_offer(signature: Signature) -> dict[str, Any]:
    """Context of both pages: the providers, unless one has vouched already."""
    if not signature.stands or Mark.OPENID in signature.marks:
        return {}
    token = make_token(MANAGE, str(signature.pk))
    return {
        "account_providers": [
            {
                "name": one["name"],
                "url": reverse("prove_account", kwargs={"token": token, "provider_id": one["id"]}),
            }
            for one in providers_of(signature.letter)
        ]
    }
