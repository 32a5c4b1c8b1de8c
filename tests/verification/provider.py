"""An account at an OpenID Connect provider, and the way there and back."""

from __future__ import annotations

from typing import Any

import requests
from django.conf import settings as django_settings
from django.test import Client

from signatories.models import Signature
from verification.links import manage_path

BACK = "/linked-account/example-id/"


def offer(settings: Any, server_url: str, **more: Any) -> dict[str, Any]:
    one = {
        "id": "example-id",
        "name": "Example ID",
        "server_url": server_url,
        "client_id": "coalition",
        "secret": "not so secret",
        **more,
    }
    settings.OPENID_PROVIDERS = [one]
    return one


def set_out(client: Client, row: Signature) -> Any:
    return client.post(f"{manage_path(row.pk)}account/example-id/")


def log_in_there(url: str, account: str = "ada", **more: str) -> str:
    """What the person does at the provider; the address they are sent back to."""
    answer = requests.post(url, data={"sub": account, **more}, allow_redirects=False, timeout=5)
    return answer.headers["Location"].removeprefix(django_settings.SITE_URL)


def link(client: Client, row: Signature, account: str = "ada") -> Any:
    return client.get(log_in_there(set_out(client, row).context["provider_url"], account))


def marks(row: Signature) -> list[str]:
    return Signature.objects.get(pk=row.pk).marks
