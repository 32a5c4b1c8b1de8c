"""An OpenID Connect provider that cheats, or is away: nothing is believed and nothing is lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from letters.models import Letter
from tests.builders import a_signature
from tests.verification.provider import BACK, marks, offer, set_out

pytestmark = pytest.mark.django_db

OUR_KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _ in range(2))


class Cheat(ThreadingHTTPServer):
    """Answers the code with whatever token the test puts here."""

    token: dict[str, Any] | None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Cheat

    def do_GET(self) -> None:
        url = self.server.url
        if self.path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OUR_KEY.public_key()))
            self.answer({"keys": [{**key, "kid": "1", "alg": "RS256"}]})
        else:
            names = {"authorization_endpoint": "/auth", "token_endpoint": "/token"}
            names |= {"jwks_uri": "/keys"}
            self.answer({"issuer": url, **{name: url + path for name, path in names.items()}})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(self.server.token)

    def answer(self, data: Any) -> None:
        body = b"nothing" if data is None else json.dumps(data).encode()
        self.send_response(500 if data is None else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def cheat() -> Iterator[Cheat]:
    with Cheat(("localhost", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


HONEST: dict[str, Any] = {"key": OUR_KEY, "algorithm": "RS256", "headers": {"kid": "1"}}


@pytest.mark.parametrize(
    ("claims", "signing", "accepted"),
    [
        pytest.param({}, {}, True, id="honest"),
        pytest.param({}, {"key": OTHER_KEY}, False, id="signed by another key"),
        pytest.param({}, {"key": "", "algorithm": "none"}, False, id="not signed"),
        pytest.param({}, {"key": "x" * 64, "algorithm": "HS256"}, False, id="another algorithm"),
        pytest.param({}, {"headers": {"kid": "2"}}, False, id="unknown key"),
        pytest.param({}, {"headers": {}}, True, id="no key named where there is one"),
        pytest.param({"iss": "https://other.example"}, {}, False, id="another issuer"),
        pytest.param({"aud": "another-site"}, {}, False, id="for another site"),
        pytest.param({"nonce": "another"}, {}, False, id="for another trip"),
        pytest.param({"nonce": None}, {}, False, id="no nonce"),
        pytest.param({"exp": 1}, {}, False, id="expired"),
        pytest.param({"exp": None}, {}, False, id="for ever"),
        pytest.param({"sub": ""}, {}, False, id="nobody"),
        pytest.param({"sub": None}, {}, False, id="no subject"),
    ],
)
def test_token_is_believed_only_where_all_of_it_is_right(
    browser_client: Client,
    letter: Letter,
    settings: Any,
    cheat: Cheat,
    claims: dict[str, Any],
    signing: dict[str, Any],
    accepted: bool,
) -> None:
    offer(settings, cheat.url)
    row = a_signature(letter)
    query = parse_qs(urlsplit(set_out(browser_client, row).context["provider_url"]).query)
    payload = {
        "iss": cheat.url,
        "aud": "coalition",
        "sub": "ada",
        "nonce": query["nonce"][0],
        "iat": int(time.time()),
        "exp": int(time.time()) + 60,
        **claims,
    }
    payload = {name: value for name, value in payload.items() if value is not None}
    id_token = jwt.encode(payload, **{**HONEST, **signing})
    cheat.token = {"access_token": "x", "token_type": "Bearer", "id_token": id_token}
    response = browser_client.get(f"{BACK}?code=x&state={query['state'][0]}")
    assert (response.status_code, marks(row)) == ((303, ["openid"]) if accepted else (502, []))


@pytest.mark.parametrize("token", [None, {}, [], "x", {"access_token": "x"}])
def test_provider_that_answers_nonsense_costs_nothing(
    browser_client: Client, letter: Letter, settings: Any, cheat: Cheat, token: Any
) -> None:
    offer(settings, cheat.url)
    row = a_signature(letter)
    query = parse_qs(urlsplit(set_out(browser_client, row).context["provider_url"]).query)
    cheat.token = token
    response = browser_client.get(f"{BACK}?code=x&state={query['state'][0]}")
    assert response.status_code == 502
    assert "Your signature stays as it was" in response.content.decode()
    assert marks(row) == []


def test_provider_that_is_away_costs_nothing(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    offer(settings, "http://localhost:9")
    response = set_out(browser_client, a_signature(letter))
    assert (response.status_code, len(response.cookies)) == (502, 0)
    assert "We could not check your account" in response.content.decode()
    assert cache.get("openid-configuration:http://localhost:9") is None
