from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from letters.models import Letter
from signatories.models import Signature, Status
from signatories.services.withdraw_signature import withdraw_signature
from tests.builders import a_letter, a_signature
from verification.models import AuditEntry, ProtectedName
from verification.services.confirm_signature import confirm_signature
from verification.services.protect_names import hold_protected
from verification.services.restore_signature import restore_signature

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/protection/"


@pytest.fixture(autouse=True)
def _tasks_at_once(monkeypatch: Any) -> None:
    from verification import tasks

    monkeypatch.setattr(tasks.hold_protected, "delay", tasks.hold_protected.run)


def protect(client: Client, names: str, **more: Any) -> Any:
    return client.post(f"{PAGE}names/", {"names": names, **more})


def confirmed(letter: Letter, name: str = "Ada Example", **fields: Any) -> Signature:
    fields.setdefault("email", f"{Signature.objects.count()}@mail.example")
    row = a_signature(letter, name, status=Status.UNCONFIRMED, **fields)
    return confirm_signature(signature_id=row.pk)


@pytest.mark.parametrize(
    "name",
    ["Imre Zoltavari", "Zoltávári Imre", "I. Zoltavari", "Іmrе Zоltаvаri", "Имре Золтавари"],
)
def test_one_who_could_pass_for_a_protected_name_is_held(
    editor: Client, letter: Letter, name: str
) -> None:
    assert protect(editor, "Imre Zoltavari").status_code == 303
    row = confirmed(letter, name)
    assert (row.status, "protected" in row.signals) == (Status.HELD, True)


def test_others_count(editor: Client, letter: Letter) -> None:
    protect(editor, "Imre Zoltavari")
    row = confirmed(letter, "Anna Zoltavari")
    assert (row.status, row.signals) == (Status.COUNTED, [])


def test_organisation_under_a_protected_name_is_marked(editor: Client, letter: Letter) -> None:
    protect(editor, "Zoltavaria")
    row = confirmed(letter, organisation_name="Zoltavaria Films Ltd")
    assert "protected" in row.signals
    assert "protected" not in confirmed(letter, organisation_name="The Paper Guild").signals


def test_list_is_the_letters_own_or_the_coalitions(editor: Client, letter: Letter) -> None:
    protect(editor, "Imre Zoltavari")
    protect(editor, "Ilona Feketar", whole_coalition="on")
    sister = a_letter("sister")
    assert confirmed(sister, "Imre Zoltavari").signals == []
    assert confirmed(sister, "Ilona Feketar").signals == ["protected"]
    from tests.builders import a_coalition

    stranger = a_letter("elsewhere", coalition=a_coalition("others"))
    assert confirmed(stranger, "Ilona Feketar").signals == []


def test_approving_one_needs_evidence_and_keeps_it(editor: Client, letter: Letter) -> None:
    protect(editor, "Imre Zoltavari")
    row = confirmed(letter, "Imre Zoltavari")
    decision = {"action": "approve", "seen": f"{row.pk}-{row.fingerprint}"}
    url = "/organise/letters/a-letter/signatures/decide/"
    for note, status in (("", "held"), ("  ", "held"), ("Called the office.", "counted")):
        page = editor.post(url, {**decision, "note": note}, follow=True)
        row.refresh_from_db()
        assert row.status == status
        assert ("protected name" in page.content.decode()) == (status == "held")
    entry = AuditEntry.objects.get(signature=row)
    assert (entry.action, entry.note) == ("approve", "Called the office.")


def test_history_says_whose_name_it_resembles(editor: Client, letter: Letter) -> None:
    protect(editor, "Imre Zoltavari")
    row = confirmed(letter, "Zoltávári I.")
    page = editor.get(f"/organise/letters/a-letter/signatures/{row.pk}/").content.decode()
    assert "<bdi>Imre Zoltavari</bdi>" in page


def test_import_holds_who_counted_before_unless_a_moderator_let_them(
    editor: Client, letter: Letter
) -> None:
    from django.utils import timezone

    early = a_signature(letter, "Imre Zoltavari", featured_rank=1)
    checked = a_signature(letter, "I. Zoltavari", decided_at=timezone.now())
    other = a_signature(letter, "Anna Zoltavari")
    protect(editor, "Imre Zoltavari")
    rows = Signature.objects.order_by("id").values_list("pk", "status", "signals", "featured_rank")
    assert list(rows) == [
        (early.pk, "held", ["protected"], None),
        (checked.pk, "counted", ["protected"], None),
        (other.pk, "counted", [], None),
    ]
    assert hold_protected(coalition_id=letter.coalition_id) == 0
    assert AuditEntry.objects.filter(signature=early, action="hold").count() == 1


def test_import_reaches_those_who_are_asked_and_those_who_wait(
    editor: Client, letter: Letter
) -> None:
    asked = a_signature(letter, "Imre Zoltavari", status=Status.ASKED)
    waiting = a_signature(letter, "I. Zoltavari", status=Status.HELD)
    protect(editor, "Imre Zoltavari")
    rows = Signature.objects.order_by("id").values_list("pk", "status", "signals")
    # Else the one could sign the new text, and the other be approved, without any evidence.
    assert list(rows) == [
        (asked.pk, "held", ["protected"]),
        (waiting.pk, "held", ["protected"]),
    ]


def test_who_withdrew_meets_the_names_of_today_on_coming_back(
    editor: Client, letter: Letter
) -> None:
    row = a_signature(letter, "Imre Zoltavari")
    withdraw_signature(signature_id=row.pk)
    protect(editor, "Imre Zoltavari")
    back = restore_signature(signature_id=row.pk)
    assert (back.status, back.signals) == (Status.HELD, ["protected"])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Feketar, Ilona", "Feketar, Ilona"),
        ('"Feketar, Ilona",actor', "Feketar, Ilona"),
        ("de la Feketar, Ilona\tactor", "de la Feketar, Ilona"),
        ("Ilona Feketar,actor", "Ilona Feketar"),
        ("Zoltavaria,company", "Zoltavaria"),
        ('"Ilona Feketar', "Ilona Feketar"),
    ],
)
def test_name_is_what_stands_in_the_first_column(editor: Client, line: str, name: str) -> None:
    protect(editor, line)
    assert ProtectedName.objects.get().name == name


def test_import_reads_a_table_and_is_logged(editor: Client, letter: Letter) -> None:
    protect(editor, 'Imre Zoltavari\n"Feketar, Ilona",actor\n\n# ours\nBo Ek\tsinger\nBo Ek\n')
    protect(editor, "Bo Ek")
    names = ProtectedName.objects.values_list("name", flat=True)
    assert list(names) == ["Bo Ek", "Feketar, Ilona", "Imre Zoltavari"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.signature_id) == ("protect", None)
    assert entry.note == "3: Imre Zoltavari, Feketar, Ilona, Bo Ek"
    assert confirmed(letter, "Ilona Feketar").signals == ["protected"]
    assert "Names protected" in editor.get("/organise/letters/a-letter/audit-log/").content.decode()


@pytest.mark.parametrize(
    "names", ["", "   ", "x" * 161, "<b>Ada</b>", "12345", "A\nAda \u202eadA", "x,\x00"]
)
def test_bad_names_are_kept_in_the_form(editor: Client, names: str) -> None:
    response = protect(editor, names)
    assert response.status_code == 422
    assert not ProtectedName.objects.exists()


def test_name_of_another_coalition_cannot_be_removed(editor: Client, letter: Letter) -> None:
    from tests.builders import a_coalition

    other = a_letter("other", coalition=a_coalition("others"))
    theirs = ProtectedName.objects.create(
        coalition=other.coalition, letter=other, name="Ada", keys=["ada"]
    )
    protect(editor, "Imre Zoltavari")
    ours = ProtectedName.objects.get(letter=letter)
    assert editor.post(f"{PAGE}names/{theirs.pk}/remove/").status_code == 404
    assert editor.post(f"{PAGE}names/{ours.pk}/remove/").status_code == 303
    assert list(ProtectedName.objects.all()) == [theirs]
    assert confirmed(letter, "Imre Zoltavari").signals == []


def test_page_costs_the_same_queries_for_many_names(
    editor: Client, django_assert_max_num_queries: Any
) -> None:
    protect(editor, "\n".join(f"Somebody {'x' * n}" for n in range(1, 130)))
    with django_assert_max_num_queries(10):
        page = editor.get(PAGE)
    assert len(page.context["names"]) == 100
