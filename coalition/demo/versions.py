"""The versions of a demo letter: its text, and for one letter an earlier one that was corrected."""

from dataclasses import replace
from datetime import datetime, timedelta

from coalition.demo.plans import Plan
from coalition.demo.texts import AUTHORITATIVE, Text, load_text
from letters.models import ChangeKind, Letter, Translation, Version


def seed_versions(letter: Letter, plan: Plan, opens_at: datetime, now: datetime) -> Version:
    """The current version: the one that is there, else a new one, since texts are locked."""
    texts = [load_text(plan.slug, language) for language in plan.languages]
    last = letter.versions.order_by("number").last()
    number = last.number + 1 if last else 1
    wanted = {(text.language, text.title, text.addressee, text.body_markdown) for text in texts}
    if last is not None and wanted == set(
        last.translations.values_list("language", "title", "addressee", "body_markdown")
    ):
        return last
    if not plan.correction:
        return _publish(Version(letter=letter, number=number), texts, opens_at)
    first = [_before(text, plan.correction[text.language]) for text in texts]
    _publish(Version(letter=letter, number=number), first, opens_at)
    second = Version(
        letter=letter,
        number=number + 1,
        kind=ChangeKind.CORRECTION,
        note=plan.correction["note"],
    )
    return _publish(second, texts, now - timedelta(days=plan.correction["day"]))


def _before(text: Text, change: tuple[str, str]) -> Text:
    """The text as it was. Raises ValueError where it does not have the corrected words."""
    words, earlier = change
    if words not in text.body_markdown:
        raise ValueError(f"The {text.language} text has no “{words}” to have been corrected.")
    return replace(text, body_markdown=text.body_markdown.replace(words, earlier, 1))


def _publish(version: Version, texts: list[Text], published_at: datetime) -> Version:
    version.save()
    translations = Translation.objects.bulk_create(
        Translation(
            version=version,
            language=text.language,
            is_authoritative=text.language == AUTHORITATIVE,
            title=text.title,
            summary=text.summary,
            addressee=text.addressee,
            body_markdown=text.body_markdown,
            share_text=text.share_text,
        )
        for text in texts
    )
    version.text_sha256 = next(t.text_sha256 for t in translations if t.is_authoritative)
    version.published_at = published_at
    version.save(update_fields=["text_sha256", "published_at"])
    return version
