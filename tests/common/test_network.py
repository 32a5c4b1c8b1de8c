from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from common.crypto import network_of
from common.network import ForwardedMiddleware, client_network


def seen(settings: Any, peer: str, forwarded: str | None, proxies: list[str]) -> HttpRequest:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-Proto": "https"} | ({"X-Forwarded-For": forwarded} if forwarded else {})
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    ForwardedMiddleware(lambda r: HttpResponse())(request)
    return request


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("203.0.113.9", None, [], "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", [], "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.7", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.1", "nonsense", ["10.0.0.0/8"], ""),
        ("10.0.0.1", "198.51.100.1:555", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1:5, 10.0.0.7:6", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:555", ["10.0.0.0/8"], "2001:db8::/64"),
        ("10.0.0.1", "[2001:db8::1]", ["10.0.0.0/8"], "2001:db8::/64"),
        ("10.0.0.1", "2001:db8::1", ["10.0.0.0/8"], "2001:db8::/64"),
    ],
)
def test_only_configured_proxies_are_believed(
    settings: Any, peer: str, forwarded: str | None, proxies: list[str], expected: str
) -> None:
    assert client_network(seen(settings, peer, forwarded, proxies)) == expected


def test_forwarded_scheme_of_a_stranger_is_dropped(settings: Any) -> None:
    assert "HTTP_X_FORWARDED_PROTO" not in seen(settings, "203.0.113.9", None, []).META
    assert "HTTP_X_FORWARDED_PROTO" in seen(settings, "10.0.0.1", None, ["10.0.0.0/8"]).META


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_network_is_32_bits_of_ipv4_and_64_of_ipv6(address: str, network: str) -> None:
    assert network_of(address) == network


def test_scheme_is_read_after_a_strangers_word_is_dropped(client: Client, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    claim = {"X-Forwarded-Proto": "https"}
    stranger = client.get("/organise/", headers=claim, REMOTE_ADDR="203.0.113.9")
    assert (stranger.status_code, stranger["Location"][:8]) == (301, "https://")
    assert client.get("/organise/", headers=claim, REMOTE_ADDR="10.0.0.1").status_code == 302
