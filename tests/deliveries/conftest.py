import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from aiosmtpd.controller import Controller

from deliveries.models import Delivery
from deliveries.seal.self_signed import self_signed
from deliveries.services.request_seal import request_seal
from letters.models import Letter
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, made_ready
from tests.deliveries.mailroom import Mailroom, free_port
from tests.deliveries.sealing import PASSPHRASE

NAME = "Zoë Very-Particular"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was put on the queue, instead of the broker's own."""
    from deliveries import queue

    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(
        queue, "_send", lambda task, ids, options: sent.extend((task, number) for number in ids)
    )
    return sent


@pytest.fixture
def delivery(letter: Letter) -> Delivery:
    """Frozen, with one name on the roll."""
    a_signature(letter, NAME, consent_government=True)
    return a_delivery(letter)


@pytest.fixture
def ready(delivery: Delivery) -> Delivery:
    return made_ready(delivery)


@pytest.fixture(scope="session")
def pkcs12() -> bytes:
    return self_signed("Seal of a test", PASSPHRASE)


@pytest.fixture
def seal_file(settings: Any, tmp_path: Path, pkcs12: bytes) -> Path:
    """The installation's seal."""
    path = tmp_path / "seal.p12"
    path.write_bytes(pkcs12)
    settings.SEAL_PKCS12, settings.SEAL_PASSPHRASE = str(path), PASSPHRASE
    return path


@pytest.fixture
def to_seal(delivery: Delivery, seal_file: Path) -> Delivery:
    """Finished, with real if empty PDFs, waiting to be sealed."""
    made_ready(delivery)
    for file in delivery.files.all():
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.save(file.path, deterministic_id=True)
        file.bytes = file.path.stat().st_size
        file.sha256 = hashlib.sha256(file.path.read_bytes()).hexdigest()
        file.save(update_fields=["bytes", "sha256"])
    request_seal(delivery=delivery)
    return delivery


@pytest.fixture
def mailroom(settings: Any, request: pytest.FixtureRequest) -> Iterator[Mailroom]:
    room = Mailroom()
    # What the server says in its answer to EHLO (RFC 1870).
    limit = getattr(request, "param", 33_554_432)
    controller = Controller(room, hostname="127.0.0.1", port=0, data_size_limit=limit)
    controller.port = free_port()
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield room
    controller.stop()
