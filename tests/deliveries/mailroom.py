"""A mail server of the tests' own."""

from __future__ import annotations

import asyncio
import socket
from typing import Any


class Mailroom:
    """An SMTP server's handler: keeps what it takes and answers as told."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.recipients: list[str] = []
        self.answer = "250 2.0.0 queued as 42"
        self.hang_up = False
        self.wait = 0.0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.wait)
        if self.answer.startswith("2"):
            self.taken.append(envelope.content)
            self.recipients += envelope.rcpt_tos
        if self.hang_up:
            server.transport.abort()
        return self.answer


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
