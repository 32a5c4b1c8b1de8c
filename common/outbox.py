"""Where an archive is written that leaves piece by piece."""

from io import RawIOBase


class Outbox(RawIOBase):
    """What the archive writes, until it is taken."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self.parts.append(part)
        return len(part)

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken
