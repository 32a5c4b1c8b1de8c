"""Progress, stopping and starting again, and a disk that is full."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from deliveries.models import Delivery, DeliveryStatus, PieceStatus
from deliveries.print import child
from deliveries.print.child import PrintFailed
from deliveries.services.cancel_delivery import cancel_delivery, clear_delivery
from deliveries.services.finish_delivery import finish_delivery
from deliveries.services.progress import progress_of
from deliveries.services.render_piece import Outcome, render_piece
from deliveries.services.resume_deliveries import resume_deliveries
from deliveries.services.start_rendering import retry_rendering
from letters.models import Letter, User
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, address, client_of
from verification.models import AuditEntry


@pytest.fixture
def editor(delivery: Delivery) -> User:
    assert delivery.created_by
    return delivery.created_by


@pytest.fixture(autouse=True)
def _sent_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction of these tests is committed."""
    from django.db import transaction

    monkeypatch.setattr(transaction, "on_commit", lambda work, **options: work())


def stopped(delivery: Delivery, editor: User) -> Delivery:
    assert cancel_delivery(delivery=delivery, actor=editor)
    delivery.refresh_from_db()
    return delivery


def test_a_stop_ends_the_work_and_is_in_the_log(
    delivery: Delivery, editor: User, queued: list[tuple[str, int]]
) -> None:
    stopped(delivery, editor)
    assert delivery.status == DeliveryStatus.CANCELLED
    assert ("clear_delivery", delivery.pk) in queued
    for piece in delivery.pieces.all():
        assert render_piece(piece_id=piece.pk) is Outcome.NOT_OURS
    assert not finish_delivery(delivery_id=delivery.pk)
    entry = AuditEntry.objects.get(action="halt_delivery")
    assert (entry.actor, entry.after) == (editor, {"delivery": delivery.number})
    assert not Delivery.objects.public().exists()


def test_a_second_stop_finds_nothing_to_stop(delivery: Delivery, editor: User) -> None:
    stopped(delivery, editor)
    assert not cancel_delivery(delivery=delivery, actor=editor)
    assert AuditEntry.objects.filter(action="halt_delivery").count() == 1


def test_what_is_ready_cannot_be_stopped(ready: Delivery, editor: User) -> None:
    assert not cancel_delivery(delivery=ready, actor=editor)
    ready.refresh_from_db()
    assert ready.status == DeliveryStatus.READY


def test_the_files_of_a_stopped_delivery_go_and_its_number_stays(
    delivery: Delivery, editor: User, letter: Letter
) -> None:
    (delivery.folder / "pieces").mkdir(parents=True)
    delivery.pieces.update(status=PieceStatus.DONE, key="a" * 64, sha256="b" * 64)
    stopped(delivery, editor)
    assert clear_delivery(delivery_id=delivery.pk)
    assert not delivery.folder.exists()
    assert set(delivery.pieces.values_list("status", flat=True)) == {PieceStatus.WAITING}
    assert a_delivery(letter, delivery.office).number == delivery.number + 1
    page = client_of(editor).get(address("delivery_detail", delivery))
    assert "This delivery was stopped." in page.content.decode()


def test_files_whose_clearing_was_lost_are_cleared_by_beat(
    delivery: Delivery, editor: User, queued: list[tuple[str, int]]
) -> None:
    delivery.folder.mkdir(parents=True)
    stopped(delivery, editor)
    queued.clear()
    resume_deliveries()
    assert queued == []
    Delivery.objects.update(cancelled_at=timezone.now() - timedelta(minutes=2))
    resume_deliveries()
    assert queued == [("clear_delivery", delivery.pk)]


def test_a_stopped_delivery_starts_again_from_what_was_frozen(
    delivery: Delivery, editor: User, letter: Letter, queued: list[tuple[str, int]]
) -> None:
    stopped(delivery, editor)
    a_signature(letter, "Comes Later", consent_government=True)
    queued.clear()
    assert retry_rendering(delivery=delivery, actor=editor)
    assert not retry_rendering(delivery=delivery, actor=editor)
    assert not clear_delivery(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.RENDERING
    assert delivery.entries.count() == 1
    asked = [task for task, _ in queued]
    assert asked == ["render_piece"] * delivery.pieces.count() + ["render_dossier"]
    assert AuditEntry.objects.filter(action="retry_delivery").count() == 1


@pytest.mark.django_db(transaction=True)
def test_clearing_waits_for_who_is_at_a_piece(
    delivery: Delivery, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deliveries.services import render_piece as service

    clearing: list[Thread] = []

    def stop_and_clear() -> None:
        stopped(delivery, editor)
        clear_delivery(delivery_id=delivery.pk)
        connection.close()

    def work(piece: object) -> None:
        clearing.append(Thread(target=stop_and_clear))
        clearing[0].start()
        clearing[0].join(0.2)
        assert clearing[0].is_alive()
        (delivery.folder / "pieces").mkdir(parents=True)
        (delivery.folder / "pieces" / "late.pdf").write_bytes(b"x")
        piece.key = piece.sha256 = "a" * 64  # type: ignore[attr-defined]

    monkeypatch.setattr(service, "print_piece", work)
    piece = delivery.pieces.earliest("pk")
    assert render_piece(piece_id=piece.pk) is Outcome.DONE
    clearing[0].join()
    assert not delivery.folder.exists()


def test_progress_is_foretold_from_what_the_done_pieces_took(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        a_signature(letter, f"Signer {number}", consent_government=True)
    delivery = a_delivery(letter)
    delivery.pieces.filter(kind="roll").delete()
    now = timezone.now()
    for index, status in enumerate(("done", "running", "waiting")):
        delivery.pieces.create(
            kind="roll",
            index=index,
            first=index * 100 + 1,
            last=index * 100 + 100,
            status=status,
            key="a" * 64,
            sha256="a" * 64,
            started_at=now,
            finished_at=now + timedelta(seconds=4),
        )
    progress = progress_of(delivery)
    assert (progress.names, progress.names_done) == (300, 100)
    assert (progress.pieces, progress.pieces_done) == (5, 1)
    assert progress.seconds_left == 8
    assert not progress.is_joining


def test_the_page_says_what_is_being_done_and_how_long_it_takes(
    delivery: Delivery, editor: User
) -> None:
    page = client_of(editor).get(address("delivery_progress", delivery)).content.decode()
    assert "0 of 1 name." in page
    delivery.pieces.update(status=PieceStatus.DONE, key="a" * 64, sha256="b" * 64)
    page = client_of(editor).get(address("delivery_progress", delivery)).content.decode()
    assert "The files are being put together." in page


def test_a_full_disk_is_named_as_such(delivery: Delivery, editor: User, tmp_path: Path) -> None:
    def work(path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(PrintFailed, match="No space left"):
        child.write_in_child(work, tmp_path / "piece.pdf")
    assert list(tmp_path.iterdir()) == []
    delivery.status = DeliveryStatus.FAILED
    delivery.error = os.strerror(errno.ENOSPC)
    delivery.save()
    page = client_of(editor).get(address("delivery_detail", delivery)).content.decode()
    assert "The server’s disk is full." in page
    assert "Try again" in page
