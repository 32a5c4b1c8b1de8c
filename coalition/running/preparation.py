"""What comes before the site answers: tables, static files, translations, a seal, demo content."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connection

from coalition.embedded.errors import EmbeddedError
from coalition.running.translations import compile_translations
from deliveries.seal.self_signed import write_development_seal
from letters.models import Letter

Say = Callable[[str], None]


def prepare_site(say: Say, *, demo: bool) -> None:
    """Bring tables, translations, static files and the demo up to date; quick when nothing
    changed.

    With `demo`, an installation without letters gets those of the demo, whose organisers have a
    password that everybody can read. Raises EmbeddedError when the database cannot be reached.
    """
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise EmbeddedError(
            f"The database cannot be reached: {str(error).strip()}\n"
            "Correct DATABASE_URL, or unset it for the embedded one."
        ) from error
    say("Tables…")
    call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
    for path in compile_translations():
        say(f"Translations: {path}")
    if collect_static():
        say("Static files…")
    if prepare_seal():
        say(f"A seal for dossiers, self-signed: {settings.SEAL_PKCS12}")
    if Letter.objects.exists():
        return
    if demo:
        say("Demo letters (once)…")
        call_command("seed_demo")
    else:
        say("No letters yet, and no demo on a public site: `python manage.py seed_demo` loads it.")


def prepare_seal() -> bool:
    """Make the seal of a first look, where none is named and it is missing."""
    if str(settings.DEVELOPMENT_SEAL) != settings.SEAL_PKCS12:
        return False
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return write_development_seal(settings.DEVELOPMENT_SEAL, host)


def collect_static() -> bool:
    """Collect the static files if one changed since the last time; return whether it did.

    Hashing and compressing them takes seconds, looking at their times does not.
    """
    mark = Path(settings.STATIC_ROOT) / ".collected"
    state = static_state()
    if mark.exists() and mark.read_text() == state:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(state)
    return True


def static_state() -> str:
    """Return a digest of the names, sizes and times of all static files of all apps."""
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
