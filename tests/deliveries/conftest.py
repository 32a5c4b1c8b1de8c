from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from deliveries.models import Delivery
from letters.models import Letter
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, made_ready
from tests.deliveries.mailroom import Mailroom, free_port

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
