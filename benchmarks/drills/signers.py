"""People who sign until they are told to stop, and remember what they were answered."""

import http.client
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

SIGNERS = 6
PAUSE_SECONDS = 0.03
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Sec-Fetch-Site": "same-origin",
}


class Signers:
    """Threads that post one valid signature after the other to a letter."""

    def __init__(self, url: str, version: int) -> None:
        self.url = urlsplit(url)
        self.version = version
        self.run = secrets.token_hex(4)
        self.accepted: list[str] = []
        """The addresses that were answered “check your inbox” (303)."""
        self.others: Counter[str] = Counter()
        """Every other answer: a status, or `no answer`."""
        self.kept_what_was_typed = True
        """Whether each 503 showed the form with the name in it."""
        self._stop = threading.Event()

    @contextmanager
    def signing(self) -> Iterator["Signers"]:
        """Keeps them signing until the block ends."""
        threads = [threading.Thread(target=self._sign, args=(n,)) for n in range(SIGNERS)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def sign_for(self, seconds: float) -> None:
        """Lets them sign undisturbed for so long."""
        with self.signing():
            time.sleep(seconds)

    def _sign(self, signer: int) -> None:
        connection = self._connect()
        number = 0
        while not self._stop.wait(PAUSE_SECONDS):
            number += 1
            address = f"drill-{self.run}-{signer}-{number}@signers.example"
            try:
                status, body = self._post(connection, address)
            except (OSError, http.client.HTTPException):
                self.others["no answer"] += 1
                connection.close()
                connection = self._connect()
                continue
            if status == http.HTTPStatus.SEE_OTHER:
                self.accepted.append(address)
            else:
                self.others[str(status)] += 1
                if status == http.HTTPStatus.SERVICE_UNAVAILABLE and address not in body:
                    self.kept_what_was_typed = False
        connection.close()

    def _post(self, connection: http.client.HTTPConnection, address: str) -> tuple[int, str]:
        form = {
            "name": "Ólafur Þórsson",
            "email": address,
            "role_title": "Sound editor",
            "show_name": "yes",
            "consent_web": "on",
            "version": self.version,
            "language": "en",
        }
        connection.request("POST", self.url.path, urlencode(form), HEADERS)
        response = connection.getresponse()
        return response.status, response.read().decode()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.url.netloc, timeout=15)
