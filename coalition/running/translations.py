"""Compiled translations. They are not in the repository: a compiled file beside its source goes
stale.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings


def compile_translations() -> list[Path]:
    """Compile each message file that is newer than its compiled one, and return those.

    By Babel: the machine then needs no gettext to run the site.
    """
    compiled = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as file:
                catalog = read_po(file, locale=source.parent.parent.name)
            unfinished = target.with_suffix(".mo.unfinished")
            with unfinished.open("wb") as file:
                write_mo(file, catalog)
            unfinished.rename(target)
            compiled.append(source)
    return compiled
