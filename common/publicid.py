"""Public ids: what stands in an address instead of a row's serial number, which would tell how many
rows there are and let anyone walk through them.

An id is the number encrypted as one AES block whose other half is zero. Nothing is stored for it
and no index grows with it, so the insert of the sign form pays nothing; a guess is right once in
2**64.
"""

import base64
import binascii
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from common.crypto import keyed_digest

LENGTH = 22


class PublicIdError(ValueError):
    """The text is no public id of this kind."""


@lru_cache(maxsize=8)
def _cipher(kind: str, hash_key: bytes) -> "Cipher[modes.ECB]":
    key = keyed_digest("public id", kind)
    # ECB is right for what it is here: one block, never a message of several.
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  # nosec B305


def public_id(kind: str, number: int) -> str:
    """22 URL-safe characters that only the holder of `HASH_KEY` can turn back into the number."""
    encryptor = _cipher(kind, settings.HASH_KEY).encryptor()
    return base64.urlsafe_b64encode(encryptor.update(number.to_bytes(16))).decode().rstrip("=")


def read_public_id(kind: str, text: str) -> int:
    """The number of a public id of this kind. Raises PublicIdError."""
    if len(text) != LENGTH:
        raise PublicIdError
    try:
        block = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise PublicIdError from None
    number = int.from_bytes(_cipher(kind, settings.HASH_KEY).decryptor().update(block))
    # The last character carries two bits that mean nothing: one spelling is the id.
    if number >= 2**63 or public_id(kind, number) != text:
        raise PublicIdError
    return number
