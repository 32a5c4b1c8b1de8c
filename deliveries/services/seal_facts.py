"""What a seal says of itself, for machines."""

from collections.abc import Iterable
from typing import Any

from deliveries.models import DossierFile, Seal


def seal_facts(seal: Seal, copies: Iterable[DossierFile]) -> dict[str, Any]:
    """The certificate, the times, and each sealed copy with the plain file that it begins with."""
    stamp = None
    if seal.time_stamped_at:
        stamp = {"at": seal.time_stamped_at.isoformat(), "by": seal.time_stamped_by}
    return {
        "letter": seal.delivery.letter.slug,
        "delivery": seal.delivery.number,
        "sealed_at": seal.sealed_at.isoformat() if seal.sealed_at else None,
        "time_stamp": stamp,
        "time_stamp_error": seal.time_stamp_error,
        "certificate": certificate_facts(seal),
        "files": [
            {
                "name": copy.name,
                "kind": copy.kind,
                "bytes": copy.bytes,
                "sha256": copy.sha256,
                "seals": {"name": plain.name, "bytes": plain.bytes, "sha256": plain.sha256},
                "public": copy.is_for_public,
            }
            for copy in copies
            if (plain := copy.seals)
        ],
    }


def certificate_facts(seal: Seal) -> dict[str, Any]:
    return {
        "subject": seal.subject,
        "issuer": seal.issuer,
        "sha256": seal.fingerprint,
        "valid_from": seal.valid_from.isoformat() if seal.valid_from else None,
        "valid_until": seal.valid_until.isoformat() if seal.valid_until else None,
        "self_signed": seal.is_self_signed,
    }
