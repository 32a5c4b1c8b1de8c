"""Publishes a new text of a letter. The old one stays as it is, and readable."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from letters.models import ChangeKind, Letter, Translation, User, Version
from letters.services.current_letter import forget

TEXT = ("title", "addressee", "body_markdown")
REST = ("summary", "share_text")


class NewerVersion(Exception):
    """Somebody published another version while this one was being written."""


class NothingChanged(ValueError):
    """All texts are as they are in the current version."""


def publish_version(
    *,
    letter: Letter,
    base: int,
    kind: ChangeKind,
    note: str,
    texts: Mapping[str, Mapping[str, str]],
    actor: User,
) -> Version:
    """The letter's next version, current from now on.

    `texts` has title, addressee and body_markdown by language; languages that are not in it stay as
    they are, and so do summary and share text where it does not name them. A language that is new
    is added. `base` is the number of the version it was written from.
    The letter's row is locked: who counts a signature on it meanwhile waits, and then sees the new
    version (trigger signatories_new_text_is_asked). Raises NewerVersion, NothingChanged.
    """
    with transaction.atomic():
        locked = (
            Letter.objects.select_for_update(of=("self",))
            .select_related("current_version")
            .get(pk=letter.pk)
        )
        current = locked.current_version
        if current is None or current.number != base:
            raise NewerVersion
        old = list(current.translations.all())
        added = set(texts) - {text.language for text in old}
        if not added and not any(
            texts[text.language][name] != getattr(text, name)
            for text in old
            if text.language in texts
            for name in TEXT
        ):
            raise NothingChanged
        version = Version.objects.create(
            letter=locked, number=_next_number(locked), kind=kind, note=note, published_by=actor
        )
        for text in old:
            same = {name: getattr(text, name) for name in (*TEXT, *REST)}
            new = Translation.objects.create(
                version=version,
                language=text.language,
                is_authoritative=text.is_authoritative,
                **same | dict(texts.get(text.language, {})),
            )
            if new.is_authoritative:
                version.text_sha256 = new.text_sha256
        for language in sorted(added):
            Translation.objects.create(version=version, language=language, **texts[language])
        version.published_at = timezone.now()
        version.save(update_fields=["text_sha256", "published_at"])
        locked.current_version = version
        locked.save(update_fields=["current_version"])
    forget(locked.slug)
    return version


def _next_number(letter: Letter) -> int:
    last = letter.versions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1
