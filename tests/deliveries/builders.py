"""Builders of deliveries: an office, a frozen delivery, a typeset one; and ways to their pages."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Delivery, DeliveryStatus, PieceStatus, Seal, SealStatus
from deliveries.models.file import sealed_name
from deliveries.services.erase_entries import erase_entries
from deliveries.services.finish_delivery import finish_delivery
from deliveries.services.freeze_delivery import freeze_delivery
from deliveries.services.render_piece import render_piece
from letters.models import Letter, Office, Role
from tests.builders import a_member
from verification.services.erase_signature import erase_signature


def an_office(slug: str = "office-of-paper", **fields: Any) -> Office:
    values: dict[str, Any] = {
        "name": "Office of Paper",
        "email": "comments@office.example",
        "docket": "PAPER-2026-0001",
        "subject_includes": "Paper Plan",
        "required_statement": "This document is approved for public dissemination.",
        "source": "notice",
        "checked_on": datetime.date(2026, 11, 21),
        **fields,
    }
    return Office.objects.create(slug=slug, **values)


def a_delivery(letter: Letter, office: Office | None = None, **fields: Any) -> Delivery:
    """Frozen, its pieces waiting."""
    actor = fields.pop("actor", None) or _editor(letter)
    return freeze_delivery(
        letter=letter,
        office=office or an_office(),
        actor=actor,
        form_token=fields.pop("form_token", None) or uuid.uuid4(),
        **fields,
    )


def _editor(letter: Letter) -> Any:
    member = letter.coalition.memberships.filter(role=Role.EDITOR).first()
    return member.user if member else a_member(letter.coalition, Role.EDITOR)


def typeset(delivery: Delivery) -> Delivery:
    """Renders what is left, as workers do."""
    for piece in delivery.pieces.exclude(status=PieceStatus.DONE):
        render_piece(piece_id=piece.pk)
    finish_delivery(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    return delivery


# What is measured of a file that meets every rule of `an_office`.
GOOD_FACTS: dict[str, Any] = {
    "encrypted": False,
    "tagged": True,
    "ua": 1,
    "language": "en",
    "title": "A letter about paper",
    "pages": 1,
    "page_sizes": [[612.0, 792.0]],
    "fonts_outside": [],
    "smallest_pt": 12.0,
    "characters": 900,
    "unprintable": 0,
    "absent": [],
    "absent_count": 0,
    "reordered": [],
    "reordered_count": 0,
    "says_statement": True,
    "says_submitter": True,
}


def made_ready(delivery: Delivery, *, padding: int = 0) -> Delivery:
    """Ready, with files on the disk, without typesetting; each has `padding` more bytes."""
    delivery.folder.mkdir(parents=True)
    for name in ("letter.pdf", "letter-public.pdf", "roll.pdf"):
        (delivery.folder / name).write_bytes(b"%PDF-1.7 " + name.encode() + bytes(padding))
        delivery.files.create(
            name=name,
            media_type="application/pdf",
            sha256=hashlib.sha256((delivery.folder / name).read_bytes()).hexdigest(),
            bytes=2000 + padding,
            pages=1,
            facts=GOOD_FACTS,
        )
    delivery.status, delivery.ready_at = DeliveryStatus.READY, timezone.now()
    delivery.save(update_fields=["status", "ready_at"])
    return delivery


def sealed(delivery: Delivery) -> Delivery:
    """A ready delivery's rows as sealing leaves them, without sealing."""
    now = timezone.now()
    Seal.objects.create(
        delivery=delivery,
        status=SealStatus.SEALED,
        subject="CN=Self-signed seal of a test",
        issuer="CN=Self-signed seal of a test",
        fingerprint="5ea1" * 16,
        valid_from=now,
        valid_until=now + datetime.timedelta(days=300),
        is_self_signed=True,
        due_at=now,
        sealed_at=now,
    )
    for plain in delivery.files.for_office():
        delivery.files.create(
            seals=plain,
            name=sealed_name(plain.name),
            media_type=plain.media_type,
            sha256=hashlib.sha256(plain.name.encode()).hexdigest(),
            bytes=plain.bytes + 6000,
            pages=plain.pages,
        )
    return delivery


def erase(delivery: Delivery) -> None:
    """Has the data of the only person on its roll erased, and its entry emptied."""
    signature_id = delivery.entries.get().signature_id
    assert signature_id is not None
    erase_signature(signature_id=signature_id)
    erase_entries()


def address(name: str, delivery: Delivery) -> str:
    """Where an organisers' page of this delivery is."""
    kwargs: dict[str, Any] = {"slug": delivery.letter.slug}
    if name not in ("delivery_list", "delivery_new"):
        kwargs["number"] = delivery.number
    if name == "delivery_file":
        kwargs["name"] = "letter.pdf"
    if name.startswith(("dispatch_", "link_")):
        kwargs["dispatch_id"] = 1
    return reverse(name, kwargs=kwargs)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client
