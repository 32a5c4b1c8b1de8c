from pathlib import Path
from typing import Any

import pytest


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
