"""`python -m coalition.running.probe`: whether the web server of this machine is healthy.

For the container's health check: the image has no curl, and Django need not be loaded to ask. The
same question as `manage.py up` asks before it prints the addresses.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit

from coalition.embedded import addresses


def is_healthy(host: str, port: int, site_url: str) -> bool:
    """Whether `/healthz` answers 200 under the name that the site has for its visitors."""
    names = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nosec B104
    site = urlsplit(site_url)
    headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
    connection = http.client.HTTPConnection(names.get(host, host), port, timeout=4)
    try:
        connection.request("GET", "/healthz", headers=headers)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    here = addresses.port()
    healthy = is_healthy(
        "127.0.0.1", here, os.environ.get("SITE_URL") or f"http://localhost:{here}"
    )
    sys.exit(0 if healthy else 1)
