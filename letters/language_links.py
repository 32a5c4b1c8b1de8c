"""The languages in which a public page about a letter can be read."""

from collections.abc import Iterable
from typing import TypedDict

from letters.models import Translation


class LanguageLink(TypedDict):
    """`code` as in `lang`, `name` in the language itself; `current` is the page at hand."""

    code: str
    name: str
    url: str
    current: bool


def language_links(
    texts: Iterable[Translation], shown: Translation, route: str, **more: str | int
) -> list[LanguageLink]:
    """A link for each text's language to the page of this route."""
    return [
        LanguageLink(
            code=text.language,
            name=text.language_name,
            url=text.url_of(route, **more),
            current=text.language == shown.language,
        )
        for text in texts
    ]
