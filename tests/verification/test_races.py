"""Real threads, real transactions: one address, one counted signature."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from letters.models import ChangeKind, Role
from signatories.models import Signature, Status
from tests.builders import a_letter, a_member, a_signature, sign_data
from tests.conftest import SAME_ORIGIN
from verification.links import confirm_path
from verification.models import Action, AuditEntry
from verification.services.change_text import change_text
from verification.services.confirm_signature import AlreadySigned, confirm_signature
from verification.services.decide_signatures import decide_signatures
from verification.services.reconsent_signature import reconsent_signature

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Runs each in a thread of its own, all let go at the same moment; exceptions are results."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(60)
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(120) for future in [pool.submit(run, work) for work in works]]


def confirm_status(pk: int) -> str:
    return confirm_signature(signature_id=pk).status


def test_two_signings_of_one_address_at_once_are_one_row(settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = dict.fromkeys(("address", "network", "letter"), 100)
    letter = a_letter()
    data = sign_data(letter)

    def post() -> int:
        return Client(headers=SAME_ORIGIN).post(f"/letters/{letter.slug}/sign/", data).status_code

    for _ in range(5):
        Signature.objects.all().delete()
        assert at_once(post, post) == [303, 303]
        assert Signature.objects.count() == 1


def test_two_confirmations_of_two_submissions_at_once_count_one() -> None:
    letter = a_letter()
    for _ in range(10):
        Signature.objects.all().delete()
        rows = [
            a_signature(letter, name, email="ada@mail.example", status=Status.UNCONFIRMED)
            for name in ("Ada One", "Ada Two")
        ]
        results = at_once(*(lambda pk=row.pk: confirm_signature(signature_id=pk) for row in rows))
        assert sorted(type(result).__name__ for result in results) == [
            "AlreadySigned",
            "Signature",
        ]
        assert sorted(Signature.objects.values_list("status", flat=True)) == [
            Status.COUNTED,
            Status.REPEATED,
        ]


def test_two_confirmations_of_one_submission_at_once_count_one() -> None:
    letter = a_letter()
    for _ in range(10):
        Signature.objects.all().delete()
        row = a_signature(letter, status=Status.UNCONFIRMED)
        confirm = partial(confirm_status, row.pk)
        assert at_once(confirm, confirm) == [Status.COUNTED, Status.COUNTED]


def test_fifty_signings_and_confirmations_of_one_address_count_one() -> None:
    letter = a_letter()

    def sign_and_confirm(number: int) -> Any:
        row = a_signature(
            letter, f"Ada {'x' * (number + 1)}", email="ada@mail.example", status=Status.UNCONFIRMED
        )
        try:
            return confirm_signature(signature_id=row.pk).status
        except AlreadySigned:
            return Status.REPEATED

    results = at_once(*(lambda n=n: sign_and_confirm(n) for n in range(50)))
    assert sorted(results) == [Status.COUNTED] + [Status.REPEATED] * 49
    assert Signature.objects.counted().count() == 1


def test_fifty_forms_and_fifty_buttons_of_one_address_count_one(settings: Any) -> None:
    """The same over the web: 50 forms sent at once, then 50 confirmations pressed at once."""
    settings.THROTTLE_PER_MINUTE = dict.fromkeys(("address", "network", "letter"), 100)
    settings.SURGE_PER_MINUTE = {}
    settings.BURST_PER_MINUTE = 100
    letter = a_letter()

    def sign(number: int) -> int:
        data = sign_data(letter, name=f"Ada {'x' * (number + 1)}")
        return Client(headers=SAME_ORIGIN).post(f"/letters/{letter.slug}/sign/", data).status_code

    def press(path: str) -> str:
        return Client(headers=SAME_ORIGIN).post(path).headers.get("Location", "")

    assert at_once(*(partial(sign, n) for n in range(50))) == [303] * 50
    rows = list(Signature.objects.all())
    assert len(rows) == 50
    answers = at_once(*(partial(press, confirm_path(row.pk)) for row in rows))
    assert sum(answer.startswith("/thanks/") for answer in answers) == 1
    assert Signature.objects.counted().count() == 1
    assert Signature.objects.filter(status=Status.REPEATED).count() == 49


def test_database_refuses_a_second_confirmed_row() -> None:
    from django.db import IntegrityError

    letter = a_letter()
    a_signature(letter, email="ada@mail.example")
    other = a_signature(letter, "Other Name", email="Ada@mail.example", status=Status.UNCONFIRMED)
    with pytest.raises(IntegrityError, match="signature_one_confirmed_per_address"):
        Signature.objects.filter(pk=other.pk).update(
            status=Status.COUNTED, confirmed_at=timezone.now()
        )


def test_two_moderators_deciding_at_once_write_one_entry() -> None:
    letter = a_letter()
    row = a_signature(letter, status=Status.HELD)
    actors = [a_member(letter.coalition, Role.MODERATOR, f"m{n}@makers.example") for n in (1, 2)]

    def approve(actor: Any) -> int:
        return decide_signatures(
            letter=letter, seen={row.pk: row.fingerprint}, action=Action.APPROVE, actor=actor
        ).changed

    assert sorted(at_once(*(lambda a=a: approve(a) for a in actors))) == [0, 1]
    assert AuditEntry.objects.count() == 1


def publish(letter: Any, actor: Any, body: str = "Other demands.") -> int:
    texts = {"en": {"title": "T", "addressee": "A", "body_markdown": body}}
    version = change_text(
        letter=letter, base=1, kind=ChangeKind.MATERIAL, note="More", texts=texts, actor=actor
    )
    return version.number


def test_two_presses_on_the_new_text_at_once_count_once() -> None:
    letter = a_letter()
    row = a_signature(letter)
    publish(letter, a_member(letter.coalition, Role.EDITOR))

    def press() -> str:
        return reconsent_signature(signature_id=row.pk, version_number=2, language="en").status

    assert at_once(press, press) == [Status.COUNTED, Status.COUNTED]
    assert Signature.objects.counted().count() == 1
    assert AuditEntry.objects.filter(action=Action.RECONSENT).count() == 1


def test_two_editors_publishing_at_once_make_one_version() -> None:
    letter = a_letter()
    actor = a_member(letter.coalition, Role.EDITOR)
    works = [partial(publish, letter, actor, body) for body in ("One.", "Two.")]
    results = at_once(*works)
    assert sorted(type(result).__name__ for result in results) == ["NewerVersion", "int"]
    assert letter.versions.count() == 2


def test_nobody_counts_on_a_text_published_while_they_confirm() -> None:
    letter = a_letter()
    actor = a_member(letter.coalition, Role.EDITOR)
    rows = [a_signature(letter, f"Person {'x' * n}", status=Status.UNCONFIRMED) for n in range(12)]
    at_once(
        *(partial(confirm_status, row.pk) for row in rows[:6]),
        partial(publish, letter, actor),
        *(partial(confirm_status, row.pk) for row in rows[6:]),
    )
    assert letter.versions.count() == 2
    assert set(Signature.objects.values_list("status", flat=True)) == {Status.ASKED}


def test_of_two_moderators_who_decide_at_once_the_first_does() -> None:
    letter = a_letter()
    actors = [a_member(letter.coalition, Role.MODERATOR, f"{n}@makers.example") for n in "ab"]
    for n in range(5):
        row = a_signature(letter, f"Name {'x' * (n + 1)}", status=Status.HELD)

        def decide(actor: Any, action: Action, seen: dict[int, str]) -> int:
            return decide_signatures(
                letter=letter, seen=seen, action=action, actor=actor, reason="fake"
            ).changed

        seen = {row.pk: row.as_seen}
        changed = at_once(
            partial(decide, actors[0], Action.APPROVE, seen),
            partial(decide, actors[1], Action.REJECT, seen),
        )
        assert sorted(changed) == [0, 1]
        assert AuditEntry.objects.filter(signature=row).count() == 1
