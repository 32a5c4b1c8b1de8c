"""The doctor names what is wrong and how to mend it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from coalition.running import examination
from coalition.running.findings import Finding, Level, blocks, ok, warns
from deliveries.seal.self_signed import self_signed


def test_doctor_exits_with_one_when_something_blocks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings: tuple[Callable[[], Finding], ...] = (
        lambda: ok("Python", "3.11"),
        lambda: blocks("Redis", "silent", "start it"),
    )
    monkeypatch.setattr(examination, "EXAMINATIONS", findings)
    with pytest.raises(SystemExit) as left:
        call_command("doctor", no_color=True)
    assert left.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.split() for line in said[:3]] == [
        ["ok", "Python", "3.11"],
        ["BLOCKS", "Redis", "silent"],
        ["→", "start", "it"],
    ]


def test_doctor_is_content_with_warnings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(examination, "EXAMINATIONS", (lambda: warns("Fonts", "few", "install"),))
    call_command("doctor", no_color=True)
    assert "Nothing blocks." in capsys.readouterr().out


@pytest.mark.django_db
def test_servers_that_answer_are_in_order() -> None:
    found = [examination.database(), examination.redis_server()]
    assert [finding.level for finding in found] == [Level.OK, Level.OK]


def test_a_silent_redis_blocks(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    finding = examination.redis_server()
    assert (finding.level, "REDIS_URL" in finding.mend) == (Level.BLOCKS, True)


def test_a_silent_mail_server_blocks(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    finding = examination.mail_server()
    assert (finding.level, "EMAIL_URL" in finding.mend) == (Level.BLOCKS, True)


@pytest.mark.django_db
def test_a_missing_migration_blocks() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'letters'")
    finding = examination.database()
    assert (finding.level, finding.mend) == (Level.BLOCKS, "python manage.py migrate")


def test_missing_keys_block_and_are_named(settings: Any) -> None:
    settings.HASH_KEY = b""
    finding = examination.keys()
    assert (finding.level, finding.text) == (Level.BLOCKS, "not set: HASH_KEY")


@pytest.mark.parametrize(
    ("url", "debug", "level"),
    [
        ("http://localhost:8000", True, Level.OK),
        ("https://letters.example.org", True, Level.BLOCKS),
        ("http://letters.example.org", False, Level.WARNING),
        ("https://letters.example.org", False, Level.OK),
    ],
)
def test_site_url_must_fit_debug(
    settings: Any, monkeypatch: pytest.MonkeyPatch, url: str, debug: bool, level: Level
) -> None:
    monkeypatch.setattr(examination, "has_embedded_database", lambda: False)
    settings.SITE_URL, settings.DEBUG = url, debug
    assert examination.site_url().level is level


def test_a_public_site_on_the_embedded_database_is_warned(settings: Any) -> None:
    settings.SITE_URL, settings.DEBUG = "https://letters.example.org", False
    assert examination.site_url().level is Level.WARNING


def test_a_seal_is_missed_found_wrong_or_named(settings: Any, tmp_path: Path) -> None:
    assert examination.seal().level is Level.WARNING
    settings.SEAL_PKCS12 = str(tmp_path / "seal.p12")
    assert "SEAL_PKCS12" in examination.seal().mend
    (tmp_path / "seal.p12").write_bytes(self_signed("Some seal", "secret"))
    assert "SEAL_PASSPHRASE" in examination.seal().mend
    settings.SEAL_PASSPHRASE = "secret"
    settings.EMBEDDED = True
    found = examination.seal()
    assert (found.level, "self-signed: Some seal" in found.text) == (Level.OK, True)
    settings.EMBEDDED = False
    assert examination.seal().level is Level.WARNING
    (tmp_path / "seal.p12").write_bytes(self_signed("Some seal", "secret", days=20))
    assert "19 days left" in examination.seal().text


def test_uncollected_static_files_block(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert examination.static_files().level is Level.BLOCKS


def test_a_beat_that_fell_silent_blocks(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    assert examination.beat().level is Level.WARNING
    schedule = tmp_path / "beat-schedule"
    schedule.touch()
    assert examination.beat().level is Level.OK
    os.utime(schedule, (0, 0))
    assert examination.beat().level is Level.BLOCKS
