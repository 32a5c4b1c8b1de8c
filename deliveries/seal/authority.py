"""A time stamp authority asked over HTTP (RFC 3161, section 3.4), with limits on time and size."""

import time
from asyncio import to_thread

import requests
from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

SECONDS = 10  # of silence, and of a whole answer
MOST_BYTES = 100_000
_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}


class HttpAuthority(TimeStamper):
    """Every failure is a TimestampRequestError whose words name no address: it may hold a key."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.url = url
        self.seconds = SECONDS

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return await to_thread(self._ask, req.dump())

    def _ask(self, question: bytes) -> tsp.TimeStampResp:
        try:
            with requests.post(
                self.url, question, headers=_HEADERS, timeout=self.seconds, stream=True
            ) as answer:
                if answer.status_code != 200:
                    raise TimestampRequestError(f"it answered {answer.status_code}")
                content = self._read(answer)
        except requests.RequestException as error:
            raise TimestampRequestError(
                f"it could not be reached ({type(error).__name__})"
            ) from None
        try:
            response = tsp.TimeStampResp.load(content)
            response.native  # noqa: B018  parses all of it
        except (ValueError, TypeError):
            raise TimestampRequestError("its answer is no time stamp") from None
        return response

    def _read(self, answer: requests.Response) -> bytes:
        ends = time.monotonic() + self.seconds
        content = b""
        for part in answer.iter_content(8192):
            content += part
            if time.monotonic() > ends or len(content) > MOST_BYTES:
                raise TimestampRequestError("its answer took too long or was too large")
        return content
