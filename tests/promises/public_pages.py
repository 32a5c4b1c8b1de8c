"""Every page that anybody can open, from the table of all routes."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse
from django.test import Client

from common import pagecache
from letters.services import current_letter
from tests.coalition.test_access_table import TABLE, WHO

# The catcher of mail is there in development only; accounts are organisers'.
NOT_OURS = ("mailbox/", "accounts/")


def public_paths() -> list[str]:
    """The addresses without a personal token that answer a stranger."""
    return [
        path
        for route, (path, expected) in TABLE.items()
        if expected["GET"] == (200,) * len(WHO)
        and "{" not in path
        and not route.startswith(NOT_OURS)
    ]


def open_all(*more: str) -> Iterator[tuple[str, HttpResponse]]:
    """Each public page as a stranger gets it, rendered anew."""
    pagecache.pages.clear()
    current_letter.forget()
    for path in [*public_paths(), *more]:
        yield path, Client().get(path)
