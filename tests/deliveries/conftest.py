from pathlib import Path
from typing import Any

import pytest

from deliveries.models import Delivery
from letters.models import Letter
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, made_ready

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
