"""The texts that a letter has had: all of them stay readable, and what changed is shown."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from common.access import anyone
from common.languages import speak
from common.pagecache import keep_page
from common.textdiff import Piece, word_diff
from letters.access import public_text
from letters.models import Letter, Text, Translation, Version


def text_diff(old: Text, new: Text) -> dict[str, list[Piece]]:
    """What changed in title, addressee and body."""
    return {
        "title_diff": word_diff(old.title, new.title),
        "addressee_diff": word_diff(old.addressee, new.addressee),
        "body_diff": word_diff(old.body_markdown, new.body_markdown),
    }


def text_in(version: Version, language: str) -> Translation:
    """The version's text in this language, or the authoritative one."""
    texts = {text.language: text for text in version.translations.all()}
    text = texts.get(language) or next(t for t in texts.values() if t.is_authoritative)
    text.version = version
    return text


def published_version(letter: Letter, number: int) -> Version:
    """Raises Http404."""
    version = (
        letter.versions.filter(number=number, published_at__isnull=False)
        .prefetch_related("translations")
        .first()
        if number < 2**15  # more does not fit the column
        else None
    )
    if version is None:
        raise Http404
    version.letter = letter
    return version


@anyone
def version_list(request: HttpRequest, slug: str, language: str | None = None) -> HttpResponse:
    current, translation = public_text(slug, language)
    rows = list(_described(current.letter, translation))
    return _page(request, "version_list", translation, {"versions": rows})


@anyone
def version_page(
    request: HttpRequest, slug: str, number: int, language: str | None = None
) -> HttpResponse:
    current, translation = public_text(slug, language)
    version = published_version(current.letter, number)
    context = {
        "version": version,
        "text": text_in(version, translation.language),
        "is_current": version.pk == current.version.pk,
    }
    return _page(request, "version_page", translation, context)


@anyone
def changes(
    request: HttpRequest, slug: str, old: int, new: int, language: str | None = None
) -> HttpResponse:
    """What changed from version `old` to `new`, word by word."""
    current, translation = public_text(slug, language)
    if old >= new:
        raise Http404
    before, after = (published_version(current.letter, number) for number in (old, new))
    texts = (text_in(before, translation.language), text_in(after, translation.language))
    context = {"old": before, "new": after, "text": texts[1], **text_diff(*texts)}
    return _page(request, "changes", translation, context)


def _described(letter: Letter, translation: Translation) -> Iterator[dict[str, Any]]:
    """Each published version, newest first, with where to read it and what it changed."""
    versions = letter.versions.filter(published_at__isnull=False).prefetch_related("translations")
    rows = list(versions.order_by("-number"))
    for version, before in zip(rows, [*rows[1:], None], strict=True):
        numbers = {"old": before.number, "new": version.number} if before else {}
        yield {
            "version": version,
            "text": text_in(version, translation.language),
            "url": translation.url_of("version_page", number=version.number),
            "changes_url": translation.url_of("changes", **numbers) if numbers else None,
        }


def _page(
    request: HttpRequest, name: str, translation: Translation, context: dict[str, Any]
) -> HttpResponse:
    """A public page that all may keep."""
    values = {
        "letter": translation.version.letter,
        "translation": translation,
        "versions_url": translation.url_of("version_list"),
        **context,
    }
    with speak(translation.language):
        return keep_page(render(request, f"letters/{name}.html", values))
