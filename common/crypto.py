"""Encryption and keyed hashes, so that a stolen database reveals no address.

Addresses are kept twice: encrypted (Fernet, to write to people) and as a keyed hash
(BLAKE2b, to find an address without reading it). Both keys live outside the database.
"""

import hashlib
import ipaddress
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> bytes:
    """Encrypts with the newest of `ADDRESS_KEYS`."""
    return _fernet(tuple(settings.ADDRESS_KEYS)).encrypt(text.encode())


def decrypt(token: bytes | memoryview) -> str:
    """Decrypts with whichever of `ADDRESS_KEYS` fits.

    Raises cryptography.fernet.InvalidToken where none does.
    """
    return _fernet(tuple(settings.ADDRESS_KEYS)).decrypt(bytes(token)).decode()


def keyed_digest(purpose: str, text: str) -> bytes:
    """32 bytes only the holder of `HASH_KEY` computes; `purpose` (≤ 16 bytes) separates uses."""
    return hashlib.blake2b(
        text.encode(), digest_size=32, key=settings.HASH_KEY, person=purpose.encode()
    ).digest()


def email_digest(canonical_email: str) -> bytes:
    return keyed_digest("email", canonical_email)


def network_of(address: str) -> str:
    """The network that throttles and signals go by: IPv4 /32, IPv6 /64.

    Raises ValueError where the text is no IP address.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def network_digest(network: str) -> bytes:
    return keyed_digest("network", network)
