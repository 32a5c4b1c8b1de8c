"""Seals PDFs with pyHanko: PAdES B-B, or B-T with a time stamp. Run it in a child process."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from deliveries.seal.authority import HttpAuthority

FIELD = "Seal"
# Hidden, so that no reader of PDF/UA looks for the field's place in the text (ISO 14289-1, 7.18.1).
_SPEC = fields.SigFieldSpec(
    FIELD,
    invis_sig_settings=fields.InvisSigSettings(set_print_flag=False, set_hidden_flag=True),
    readable_field_name=FIELD,
)


class NotWhole(Exception):
    """The sealed copy that was just written does not say what it should."""


def write_seals(
    report: Path,
    *,
    pairs: Sequence[tuple[Path, Path]],
    pkcs12: bytes,
    passphrase: str,
    reason: str,
    authority: str,
) -> None:
    """Writes a sealed copy for each pair (plain file, copy), then `report` as JSON.

    The report has sealed_at, time_stamped_at and time_stamped_by of the time stamps, or
    time_stamp_error. All copies have a time stamp or none has: where the authority (a URL, or "")
    fails once, all are sealed without. Raises NotWhole.
    """
    signer = signers.SimpleSigner.load_pkcs12_data(
        pkcs12, [], passphrase.encode() if passphrase else None
    )
    found: dict[str, Any] = {}
    if authority:
        try:
            stamper = HttpAuthority(authority)
            stamps = [seal_file(*pair, signer, reason, stamper) for pair in pairs]
            found = stamps[-1] if stamps else {}
        except TimestampRequestError as error:
            found = {"time_stamp_error": str(error)}
    if "time_stamped_at" not in found:
        for pair in pairs:
            seal_file(*pair, signer, reason, None)
    found["sealed_at"] = datetime.now(UTC).isoformat()
    report.write_text(json.dumps(found), encoding="utf-8")


def seal_file(
    plain: Path, copy: Path, signer: Any, reason: str, stamper: TimeStamper | None
) -> dict[str, Any]:
    """Writes `copy`: the bytes of `plain`, then the seal over all of them; returns its time stamp.

    Raises TimestampRequestError, NotWhole.
    """
    content = plain.read_bytes()
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    # A page with an annotation, be it hidden, says in which order they come (ISO 14289-1, 7.18.3).
    page, _ = writer.find_page_for_modification(0)  # type: ignore[no-untyped-call]
    page.get_object()["/Tabs"] = NameObject("/S")
    writer.update_container(page.get_object())
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
    )
    sealed = signers.PdfSigner(
        metadata, signer, timestamper=stamper, new_field_spec=_SPEC
    ).sign_pdf(writer)
    sealed_bytes = sealed.getvalue()
    if not sealed_bytes.startswith(content):
        raise NotWhole("the plain file is not the beginning of the sealed copy")
    stamp = read_seal(sealed_bytes)
    copy.write_bytes(sealed_bytes)
    return stamp


def read_seal(content: bytes) -> dict[str, Any]:
    """The time stamp of a sealed PDF, if it has one.

    Raises NotWhole where the seal does not hold or does not cover the whole file. Whether anybody
    trusts the certificates is not asked.
    """
    [signature] = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    )
    stamp = status.timestamp_validity
    holds = status.intact and status.valid and (stamp is None or (stamp.intact and stamp.valid))
    if not holds or status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise NotWhole("the seal does not hold, or does not cover the whole file")
    if stamp is None:
        return {}
    return {
        "time_stamped_at": stamp.timestamp.isoformat(),
        "time_stamped_by": stamp.signing_cert.subject.human_friendly,
    }
