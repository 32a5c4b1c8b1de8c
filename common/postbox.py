"""Sends mails over a few SMTP connections at once.

A mail costs four replies of the server, each a round trip: over one connection to a server 20 ms
away that is 12 mails a second. Meanwhile the caller prepares the next ones.
"""

import smtplib
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

CONNECTIONS = 4


class NotTried(smtplib.SMTPException):
    """An earlier mail found the server away, so this one was not tried."""


class MayHaveGone(smtplib.SMTPException):
    """The server was lost while it took this mail: nobody knows whether it has it."""


class Postbox:
    """Up to `connections` connections, opened when needed and closed at the end of the block."""

    def __init__(self, connections: int = CONNECTIONS) -> None:
        self._pool = ThreadPoolExecutor(connections, thread_name_prefix="smtp")
        self._own = threading.local()
        self._opened: list[BaseEmailBackend] = []
        self._away = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        for server in self._opened:
            server.close()

    def send(self, message: EmailMessage) -> Future[None]:
        """Sends soon. The future raises SMTPRecipientsRefused or SMTPDataError where the server
        does not take this mail, OSError or another SMTPException where it is away, of these
        MayHaveGone where this mail may have got there nevertheless."""
        return self._pool.submit(self._send, message)

    def _send(self, message: EmailMessage) -> None:
        if self._away.is_set():
            raise NotTried
        server = self._server()
        try:
            server.open()
        except (smtplib.SMTPException, OSError):
            self._away.set()
            raise
        try:
            server.send_messages([message])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
            server.close()
            raise
        except smtplib.SMTPSenderRefused:
            self._away.set()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self._away.set()
            raise MayHaveGone(str(error)) from error

    def _server(self) -> BaseEmailBackend:
        if not hasattr(self._own, "server"):
            self._own.server = get_connection()
            self._opened.append(self._own.server)
        server: BaseEmailBackend = self._own.server
        return server
