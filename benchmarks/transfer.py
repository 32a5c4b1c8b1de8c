"""How many bytes a first visit to a page transfers."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from benchmarks.fetch import get


class TransferFailed(Exception):
    """Something that the page loads is not there, or comes from elsewhere."""


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collects what a browser fetches by itself."""
        values = dict(attrs)
        relations = (values.get("rel") or "").split()
        if tag == "link" and {"stylesheet", "icon", "preload"} & set(relations):
            self.found.append(values.get("href") or "")
        elif tag in ("script", "img", "source", "iframe") and values.get("src"):
            self.found.append(values["src"] or "")


def bytes_of_page(url: str) -> int:
    """Bytes of the bodies, as compressed, of the page and the styles, scripts and images it loads.

    Raises TransferFailed where one of them is missing or on another host.
    """
    page = get(url)
    loads = _Loads()
    loads.feed(page.text)
    total = len(page.body)
    for address in sorted({urljoin(url, found) for found in loads.found if found}):
        if address.startswith("data:"):
            continue
        if urlsplit(address).netloc != urlsplit(url).netloc:
            raise TransferFailed(f"The page loads {address}.")
        answer = get(address)
        if answer.status != 200:
            raise TransferFailed(f"{address} answers {answer.status}.")
        total += len(answer.body)
    return total
