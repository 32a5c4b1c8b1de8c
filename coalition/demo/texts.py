"""The letters' texts: Markdown files with a small front matter, one a language."""

import unicodedata
from dataclasses import dataclass

from coalition.demo.files import FOLDER

AUTHORITATIVE = "en"
_FIELDS = frozenset({"title", "addressee", "summary", "share_text"})


@dataclass(frozen=True, slots=True)
class Text:
    """A letter's text in one language, in NFC."""

    language: str
    title: str
    addressee: str
    summary: str
    share_text: str
    body_markdown: str


def load_text(slug: str, language: str) -> Text:
    """The text of a demo letter. Raises FileNotFoundError, and ValueError for a malformed file."""
    path = FOLDER / "letters" / slug / f"{language}.md"
    raw = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    opening, head, body = (part.strip() for part in raw.split("---\n", 2))
    fields = dict(line.split(":", 1) for line in head.splitlines())
    if opening or set(fields) != _FIELDS:
        raise ValueError(f"{path.name}: the front matter has exactly {', '.join(sorted(_FIELDS))}")
    return Text(
        language=language,
        body_markdown=body + "\n",
        **{name: value.strip() for name, value in fields.items()},
    )
