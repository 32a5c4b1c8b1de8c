"""The installation's seal: a key with its certificate in a PKCS#12 file, and what can be wrong."""

import datetime
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Fault(models.TextChoices):
    """Why a seal cannot be used."""

    MISSING = "missing", _("The seal’s file is not there, or cannot be read")
    LOCKED = "locked", _("The seal’s file does not open: wrong passphrase, or no PKCS#12 file")
    KEYLESS = "keyless", _("The seal’s file lacks the key, or the certificate that belongs to it")
    EARLY = "early", _("The seal’s certificate is not valid yet")
    EXPIRED = "expired", _("The seal’s certificate has expired")
    BROKEN = "broken", _("Sealing failed")

    @property
    def mend(self) -> str:
        """What an operator does about it."""
        return str(_MENDS[self])


_MENDS = {
    Fault.MISSING: _("Set SEAL_PKCS12 to the file, and let the render workers read it."),
    Fault.LOCKED: _("Set SEAL_PASSPHRASE to the file’s passphrase, and restart the workers."),
    Fault.KEYLESS: _("Export key and certificate together, as PKCS#12 (docs/settings.md)."),
    Fault.EARLY: _("Correct the machine’s clock, or wait until the certificate is valid."),
    Fault.EXPIRED: _("Get a new certificate, and set SEAL_PKCS12 to its file."),
    Fault.BROKEN: _("Try again; the workers’ log has the details."),
}


class SealUnusable(Exception):
    """The seal cannot be used; `fault` says why and what mends it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Certificate:
    """What a seal's certificate says."""

    subject: str
    issuer: str
    fingerprint: str  # SHA-256 of the certificate, hex
    valid_from: datetime.datetime
    valid_until: datetime.datetime
    is_self_signed: bool

    @property
    def holder(self) -> str:
        return spoken(self.subject)

    @property
    def voucher(self) -> str:
        return spoken(self.issuer)

    def as_fields(self) -> dict[str, Any]:
        return asdict(self)


def spoken(name: str) -> str:
    """The common name and the organisation of a distinguished name (RFC 4514), each once; all of it
    where it has neither."""
    try:
        parts = x509.Name.from_rfc4514_string(name)
    except ValueError:
        return name
    oids = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    values = [str(part.value) for oid in oids for part in parts.get_attributes_for_oid(oid)]
    return ", ".join(dict.fromkeys(values)) or name


def is_configured() -> bool:
    return bool(settings.SEAL_PKCS12)


def installed_certificate() -> Certificate:
    """The certificate of this installation. Raises SealUnusable."""
    return read_certificate(read_seal(), settings.SEAL_PASSPHRASE)


def read_seal() -> bytes:
    """The content of the installation's PKCS#12 file. Raises SealUnusable."""
    try:
        return Path(settings.SEAL_PKCS12).read_bytes()
    except OSError:
        raise SealUnusable(Fault.MISSING) from None


def read_certificate(content: bytes, passphrase: str) -> Certificate:
    """The certificate of a PKCS#12 file that can seal now. Raises SealUnusable."""
    try:
        key, found, _chain = pkcs12.load_key_and_certificates(
            content, passphrase.encode() if passphrase else None
        )
    except ValueError:
        raise SealUnusable(Fault.LOCKED) from None
    if key is None or found is None:
        raise SealUnusable(Fault.KEYLESS)
    now = timezone.now()
    if now < found.not_valid_before_utc:
        raise SealUnusable(Fault.EARLY)
    if now > found.not_valid_after_utc:
        raise SealUnusable(Fault.EXPIRED)
    return Certificate(
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        fingerprint=found.fingerprint(hashes.SHA256()).hex(),
        valid_from=found.not_valid_before_utc,
        valid_until=found.not_valid_after_utc,
        is_self_signed=found.subject == found.issuer,
    )
