"""The few requests that a check makes itself."""

import gzip
import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

import brotli

ACCEPT_ENCODING = "gzip, deflate, br"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `body` is as transferred."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        """The body as the browser shows it."""
        headers = {name.lower(): value for name, value in self.headers}
        plain = {"br": brotli.decompress, "gzip": gzip.decompress}.get(
            headers.get("content-encoding", ""), bytes
        )
        return bytes(plain(self.body)).decode()


def get(url: str) -> Answer:
    """Reads an address as a browser would, compressed. Raises OSError or HTTPException."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("GET", parts.path or "/", headers={"Accept-Encoding": ACCEPT_ENCODING})
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()
