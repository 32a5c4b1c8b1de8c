"""Message files are compiled without gettext, once."""

import gettext
from pathlib import Path
from typing import Any

from coalition.running.translations import compile_translations

SOURCE = """\
msgid ""
msgstr ""
"Language: fr\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Sign"
msgstr "Signer"

#, fuzzy
msgid "Withdraw"
msgstr "Guessed"
"""


def test_a_changed_file_is_compiled_once_and_guesses_are_left_out(
    settings: Any, tmp_path: Path
) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)
    settings.LOCALE_PATHS = [tmp_path]
    assert (compile_translations(), compile_translations()) == ([source], [])
    with source.with_suffix(".mo").open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert [french.gettext(text) for text in ("Sign", "Withdraw")] == ["Signer", "Withdraw"]
