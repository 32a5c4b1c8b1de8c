"""Which language a page speaks. Public pages say it in their address, so that a CDN can keep them;
organisers' pages follow the browser."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from common.workspace import is_workspace


class LanguageConverter:
    """A language code in a route: `fr`, `pt-br`, `zh-hans`."""

    regex = "[a-z]{2,3}(?:-[a-z]{2,4})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def speak(language: str) -> AbstractContextManager[None]:
    """Renders what is inside in this language, or in English where the site does not speak it."""
    known = {code for code, _ in settings.LANGUAGES}
    base = language.partition("-")[0]
    code = language if language in known else base if base in known else settings.LANGUAGE_CODE
    return translation.override(code)


class PageLanguageMiddleware:
    """Follows the browser's language on organisers' pages only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.follow_browser = LocaleMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_workspace(request):
            return cast(HttpResponseBase, self.follow_browser(request))
        translation.activate(settings.LANGUAGE_CODE)
        return self.get_response(request)
