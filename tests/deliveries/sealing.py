"""What sealed files say to another program than ours."""

from __future__ import annotations

import io
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from deliveries.models import Delivery, Seal

PASSPHRASE = "open sesame"


def check(content: bytes) -> Any:
    """pyHanko's own word on a sealed file, its certificate being trusted."""
    [signature] = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    return validate_pdf_signature(signature, context)


def seal_of(delivery: Delivery) -> Seal:
    return Seal.objects.get(delivery=delivery)
