from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from oidc_provider_mock import User as AccountThere
from oidc_provider_mock import run_server_in_thread

from letters.models import Letter, Role
from tests.builders import a_member
from tests.conftest import SAME_ORIGIN
from tests.verification.provider import offer


@pytest.fixture
def editor(letter: Letter) -> Client:
    """The browser of one who edits the letter."""
    client = Client(headers=SAME_ORIGIN)
    client.force_login(a_member(letter.coalition, Role.EDITOR))
    return client


@pytest.fixture(scope="package")
def service() -> Iterator[str]:
    ada = AccountThere(sub="ada", claims={"email": "ada@secret.example", "name": "Ada Secret"})
    with run_server_in_thread(require_nonce=True, user_claims=[ada]) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provider(settings: Any, service: str) -> dict[str, Any]:
    return offer(settings, service)


@pytest.fixture
def own_media(settings: Any, tmp_path: Path) -> None:
    """Uploaded files of this test only."""
    settings.MEDIA_ROOT = tmp_path
