from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from common.access import is_same_origin
from common.workspace import WorkspaceMiddleware


@pytest.mark.parametrize(
    ("path", "said", "kept"),
    [
        ("/organise/letters/x/", None, "private, no-store"),
        ("/accounts/login/", None, "private, no-store"),
        ("/accounts/login/", "max-age=5", "max-age=5"),
        ("/letters/x/", None, None),
    ],
)
def test_pages_of_accounts_are_kept_nowhere(
    path: str, said: str | None, kept: str | None, settings: Any
) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": said} if said else {})

    settings.WORKSPACE_MIDDLEWARE = []
    response = WorkspaceMiddleware(view)(RequestFactory().get(path))
    assert response.headers.get("Cache-Control") == kept


@pytest.mark.parametrize(("path", "has"), [("/organise/", True), ("/letters/x/", False)])
def test_only_pages_of_accounts_have_a_session_and_a_user(path: str, has: bool) -> None:
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    WorkspaceMiddleware(view)(RequestFactory().get(path))
    assert [hasattr(seen[0], name) for name in ("session", "user")] == [has, has]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/organise/", "/accounts/login/"])
def test_answers_of_the_site_say_so(client: Client, path: str) -> None:
    assert "no-store" in client.get(path)["Cache-Control"]


def test_broken_origin_is_not_ours() -> None:
    request = RequestFactory().post("/", headers={"Origin": "http://["})
    assert not is_same_origin(request)
