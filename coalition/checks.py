"""The start fails where a view does not say who may enter."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

# Libraries guard their own views.
LIBRARIES = ("allauth.", "django.")


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each route of the project with its view."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


@register
def views_declare_access(**kwargs: object) -> list[CheckMessage]:
    return [
        Error(
            f"The view of /{route} does not say who may enter.",
            hint="Decorate it with a mark of common.access or letters.access.",
            id="coalition.E001",
        )
        for route, view in views(get_resolver().url_patterns)
        if not hasattr(view, "access") and not view.__module__.startswith(LIBRARIES)
    ]
