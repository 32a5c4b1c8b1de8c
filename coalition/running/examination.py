"""What can be wrong with an installation, each with its mend; `manage.py doctor` prints it."""

import ctypes.util
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from coalition.celery import app
from coalition.embedded import addresses
from coalition.running.findings import Finding, blocks, ok, warns
from deliveries.seal.certificate import SealUnusable, installed_certificate, is_configured
from deliveries.services.redact_delivery import overdue_redactions

OLDEST_PYTHON = (3, 11)
SMALLEST_DISK = 1_000_000_000
SEAL_RUNS_OUT = 30  # days
LONGEST_BEAT_SILENCE = 600  # seconds; beat saves its schedule every 180
# A family that draws each script, as fontconfig names it.
FONTS = {
    "Latin, Cyrillic, Greek": "Noto Sans",
    "Arabic": "Noto Sans Arabic",
    "Hebrew": "Noto Sans Hebrew",
    "Devanagari": "Noto Sans Devanagari",
    "Thai": "Noto Sans Thai",
    "Chinese": "Noto Sans CJK SC",
    "Japanese": "Noto Sans CJK JP",
    "Korean": "Noto Sans CJK KR",
    "emoji": "Noto Color Emoji",
}


def examine() -> Iterator[Finding]:
    """Yield all findings, one examination after the other; none of them raises."""
    for examination in EXAMINATIONS:
        yield examination()


def python() -> Finding:
    """Look at the Python version."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return blocks("Python", version, "install Python 3.11 or newer and run `make run` again")
    return ok("Python", version)


def pango() -> Finding:
    """Look for the libraries that WeasyPrint loads."""
    names = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
    missing = [name for name in names if ctypes.util.find_library(name) is None]
    if missing:
        return blocks(
            "Pango",
            f"not here: {', '.join(missing)}; no PDF can be made",
            "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        )
    return ok("Pango", "loads")


def fonts() -> Finding:
    """Look for a font for every script."""
    mend = "sudo apt-get install fontconfig fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji"
    if shutil.which("fc-list") is None:
        return warns("Fonts", "fc-list is not here, so they cannot be listed", mend)
    listed = subprocess.run(
        ["fc-list", ":", "family"], check=False, capture_output=True, text=True
    ).stdout
    families = {name.strip() for line in listed.splitlines() for name in line.split(",")}
    missing = [script for script, family in FONTS.items() if family not in families]
    if missing:
        return warns("Fonts", f"PDFs will lack the letters of: {', '.join(missing)}", mend)
    return ok("Fonts", f"for {len(FONTS)} groups of scripts")


def keys() -> Finding:
    """Look whether the secrets are set."""
    named = {
        "SECRET_KEY": settings.SECRET_KEY,
        "HASH_KEY": settings.HASH_KEY,
        "ADDRESS_KEYS": settings.ADDRESS_KEYS,
    }
    missing = [name for name, value in named.items() if not value]
    if missing:
        return blocks(
            "Keys",
            f"not set: {', '.join(missing)}",
            "set them in the environment (docs/settings.md)",
        )
    if settings.EMBEDDED:
        return ok(
            "Keys",
            f"in {settings.VAR / 'keys.json'}; keep a copy: nothing else opens the addresses",
        )
    return ok("Keys", "set")


def seal() -> Finding:
    """Look whether dossiers can be sealed. Nothing blocks: the plain files go without."""
    if not is_configured():
        return warns(
            "Seal", "none: dossiers have no sealed copies", "set SEAL_PKCS12 (docs/settings.md)"
        )
    try:
        certificate = installed_certificate()
    except SealUnusable as error:
        return warns("Seal", f"{error.fault.label} ({settings.SEAL_PKCS12})", error.fault.mend)
    stamps = "time stamped" if settings.SEAL_TSA else "no time stamps (SEAL_TSA)"
    days = (certificate.valid_until - timezone.now()).days
    text = f"{certificate.holder}, {days} days left, {stamps}"
    if days < SEAL_RUNS_OUT:
        return warns("Seal", text, "get a new certificate and set SEAL_PKCS12 to its file")
    if certificate.is_self_signed and not settings.EMBEDDED:
        return warns(
            "Seal",
            f"self-signed, so PDF readers call it unknown: {text}",
            "get a certificate for sealing documents (docs/settings.md)",
        )
    return ok("Seal", f"self-signed: {text}" if certificate.is_self_signed else text)


def site_url() -> Finding:
    """Look whether the address of the site fits the way it runs."""
    parts = urlsplit(settings.SITE_URL)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if settings.DEBUG and not here:
        return blocks(
            "SITE_URL",
            f"{settings.SITE_URL} with DEBUG on shows secrets to strangers",
            "DEBUG=false",
        )
    if not here and parts.scheme != "https":
        return warns(
            "SITE_URL",
            f"{settings.SITE_URL} is not encrypted",
            "SITE_URL=https://… behind a reverse proxy",
        )
    if not here and has_embedded_database():
        return warns(
            "SITE_URL",
            "a public site on the embedded database",
            "set DATABASE_URL (docs/settings.md)",
        )
    return ok("SITE_URL", settings.SITE_URL)


def has_embedded_database() -> bool:
    """Whether the database is the embedded one of this VAR."""
    options = settings.DATABASES["default"].get("OPTIONS", {})
    return bool(options.get("host") == str(addresses.postgres_socket_dir(settings.VAR)))


def disk() -> Finding:
    """Look for room."""
    folder = settings.VAR if settings.VAR.exists() else Path("/")
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free at {folder}"
    if free < SMALLEST_DISK:
        return blocks("Disk", text, f"make room, or choose another folder: VAR=… (now {folder})")
    return ok("Disk", text)


def static_files() -> Finding:
    """Look for the collected static files."""
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return blocks(
            "Static files",
            f"none in {settings.STATIC_ROOT}",
            "python manage.py collectstatic --noinput",
        )
    return ok("Static files", f"in {settings.STATIC_ROOT}")


def database() -> Finding:
    """Look whether the database answers and has all tables."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        reason = str(error).strip().partition("\n")[0]
        return blocks("Database", reason, _start_or_set("DATABASE_URL"))
    if plan:
        return blocks("Database", f"{len(plan)} migrations are missing", "python manage.py migrate")
    return ok("Database", "answers, tables are up to date")


def erasures() -> Finding:
    """Look for deliveries whose files name people who erased their data more than a day ago."""
    try:
        overdue = list(overdue_redactions())
    except DatabaseError:
        return warns("Erasures", "not known without the database", "mend the database first")
    if overdue:
        why = {delivery.redaction_error or "no error is recorded" for delivery in overdue}
        return warns(
            "Erasures",
            f"{', '.join(map(str, overdue))}: files still name erased people ({'; '.join(why)})",
            "mend the cause, or start the render worker; it is tried every minute",
        )
    return ok("Erasures", "no file of a delivery waits for one")


def redis_server() -> Finding:
    """Look whether Redis answers."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        return blocks("Redis", str(error), _start_or_set("REDIS_URL"))
    return ok("Redis", "answers")


def mail_server() -> Finding:
    """Look whether the mail server takes us."""
    try:
        with get_connection(timeout=10):
            pass
    except (OSError, smtplib.SMTPException) as error:
        return blocks(
            "Mail",
            f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}: {error}",
            _start_or_set("EMAIL_URL"),
        )
    return ok("Mail", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers")


def workers() -> Finding:
    """Look which queues have a worker that answers."""
    mend = "start them: `make run`, or celery -A coalition worker -Q mail,default (and -Q render)"
    try:
        answers = app.control.inspect(timeout=3).active_queues() or {}
    except Exception as error:  # kombu raises whatever the broker's driver raises
        return blocks("Workers", f"cannot be asked: {error}", mend)
    served = {queue["name"] for queues in answers.values() for queue in queues}
    missing = sorted({"mail", "default", "render"} - served)
    if missing:
        return blocks("Workers", f"nobody serves: {', '.join(missing)}", mend)
    return ok("Workers", ", ".join(sorted(answers)))


def beat() -> Finding:
    """Look whether beat saved its schedule lately. Only on the machine that runs it."""
    files = list(settings.VAR.glob("beat-schedule*"))
    if not files:
        return warns(
            "Beat",
            f"no schedule in {settings.VAR}: it runs elsewhere or not at all",
            "`make run`, or celery -A coalition beat",
        )
    silence = time.time() - max(file.stat().st_mtime for file in files)
    if silence > LONGEST_BEAT_SILENCE:
        return blocks(
            "Beat", f"silent for {silence / 60:.0f} min", "`make run`, or celery -A coalition beat"
        )
    return ok("Beat", f"saved its schedule {silence:.0f} s ago")


def _start_or_set(variable: str) -> str:
    return f"start everything with `make run`, or correct {variable}"


EXAMINATIONS: tuple[Callable[[], Finding], ...] = (
    python,
    pango,
    fonts,
    disk,
    keys,
    seal,
    site_url,
    static_files,
    database,
    erasures,
    redis_server,
    mail_server,
    workers,
    beat,
)
