"""The yardstick: the least that a WSGI server can do for the same traffic. It knows no Django.

POST parses the form and does the same insert, with the platform's own statement and as many bytes
in each column, but with nothing checked, throttled or encrypted. GET returns the same bytes with
the same headers. BARE_FACTS names a JSON file with the statement, the page and its headers.
"""

import hashlib
import json
import os
import threading
from base64 import b64decode
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg2

_facts = json.loads(Path(os.environ["BARE_FACTS"]).read_text())
_INSERT: str = _facts["insert"]
_LETTER: int = _facts["letter_id"]
_VERSION: int = _facts["version_id"]
_THANKS: str = _facts["see_other"]
_BODY: bytes = b64decode(_facts["page_body"])
_HEADERS: list[tuple[str, str]] = [(name, value) for name, value in _facts["page_headers"]]
_local = threading.local()

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Both yardsticks under one address."""
    if environ["REQUEST_METHOD"] == "POST":
        return sign(environ, start_response)
    start_response("200 OK", _HEADERS)
    return [_BODY]


def sign(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Parses the form, inserts the row, says 303."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    email = form["email"].encode()
    with _connection().cursor() as cursor:
        cursor.execute(
            _INSERT,
            (
                *(_LETTER, _VERSION, form["language"], form["capacity"], form["name"]),
                form["name"].encode(),
                *(form.get("role_title", ""), form.get("affiliation", "")),
                *(form.get("organisation_name", ""), form.get("country", "")),
                *(form.get("city", ""), form.get("comment", ""), form["show_name"] == "yes"),
                *("consent_web" in form, "consent_press" in form),
                *("consent_government" in form, "consent_updates" in form),
                email.ljust(140),  # a Fernet token of an address is about as long
                hashlib.blake2b(email, digest_size=32).digest(),
                hashlib.blake2b(body, digest_size=32).digest(),
                bytes(32),
                [],
            ),
        )
    start_response("303 See Other", [("Location", _THANKS), ("Content-Length", "0")])
    return [b""]


def _connection() -> Any:
    if not hasattr(_local, "connection"):
        _local.connection = psycopg2.connect(os.environ["DATABASE_URL"])
        _local.connection.autocommit = True
    return _local.connection
