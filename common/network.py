"""Where a request comes from. Only configured proxies are believed."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from common.crypto import network_of


@lru_cache(maxsize=4)
def _trusted(
    networks: tuple[str, ...],
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(network) for network in networks)


def is_trusted_proxy(address: str) -> bool:
    """Whether `TRUSTED_PROXIES` has the address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in _trusted(tuple(settings.TRUSTED_PROXIES)))


def client_address(peer: str, forwarded_for: str) -> str:
    """The nearest address that is not one of our proxies, reading X-Forwarded-For from its end."""
    address = peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not is_trusted_proxy(address):
            break
        address = _without_port(hop)
    return address


def _without_port(hop: str) -> str:
    """Some proxies add one: `192.0.2.1:555`, `[2001:db8::1]:555` (RFC 7239, 6)."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def client_network(request: HttpRequest) -> str:
    """The network of the sender (IPv4 /32, IPv6 /64); empty where the server knows none.

    Senders without one are throttled together, as one network.
    """
    try:
        return network_of(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return ""


class ForwardedMiddleware:
    """Puts the client's address in REMOTE_ADDR; believes no forwarded header but our proxies'."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        forwarded_for = meta.pop("HTTP_X_FORWARDED_FOR", "")
        peer = meta.get("REMOTE_ADDR", "")
        if settings.TRUSTED_PROXIES and is_trusted_proxy(peer):
            meta["REMOTE_ADDR"] = client_address(peer, forwarded_for)
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
            meta.pop("HTTP_X_FORWARDED_HOST", None)
        return self.get_response(request)
