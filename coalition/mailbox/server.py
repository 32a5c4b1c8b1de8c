"""The SMTP catcher: takes every message and writes it to a file."""

import asyncio
import os
import signal
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from coalition.embedded import addresses
from coalition.mailbox.store import folder, save_message

SIZE_LIMIT = 30 * 1024 * 1024


class Catcher:
    """Accepts any recipient; `refuse` names a file whose first line answers instead while it
    exists.

    The file is for drills: `451 4.3.0 Try again later` is a mail server in trouble, `552 5.3.4 Too
    big` one that never takes the message.
    """

    def __init__(self, into: Path, refuse: Path) -> None:
        self.into = into
        self.refuse = refuse

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message and return the reply of RFC 5321 4.2."""
        if self.refuse.exists():
            return self.refuse.read_text().partition("\n")[0].strip() or "451 4.3.0 Try again later"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        path = save_message(
            self.into,
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
            content=content,
        )
        return f"250 2.0.0 Kept as {path.name}"


async def serve(host: str, port: int, into: Path, refuse: Path) -> None:
    """Catch mail on that address until SIGTERM or SIGINT. Raises OSError when the port is
    taken.
    """
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    catcher = Catcher(into, refuse)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def connection() -> SMTP:
        # A hostname of its own: without one every connection asks the resolver for ours.
        return SMTP(
            catcher,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="localhost",
            loop=loop,
        )

    server = await loop.create_server(connection, host, port)
    print(f"SMTP on {host}:{port}, messages in {into}", flush=True)
    await stop.wait()
    server.close()


def main() -> int:
    """Run the catcher as the environment says and return the exit code."""
    # Loopback, unless somebody asks: it takes any mail from anyone.
    host = os.environ.get("MAILBOX_HOST") or "127.0.0.1"
    port = addresses.mailbox_port()
    refuse = Path(os.environ.get("MAILBOX_REFUSE") or addresses.var_dir() / "mailbox.refuse")
    try:
        asyncio.run(serve(host, port, folder(), refuse))
    except OSError as error:
        print(
            f"Port {port} cannot be used for mail ({error.strerror}). "
            "Choose another: MAILBOX_PORT=…"
        )
        return 1
    return 0
