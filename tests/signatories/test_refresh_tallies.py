import pytest

from letters.models import Letter
from signatories.models import Status, Tally
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_letter, a_signature

pytestmark = pytest.mark.django_db


def test_counts_add_up_and_say_why(letter: Letter, django_assert_num_queries: object) -> None:
    a_letter("other")
    for n, status in enumerate([*Status.values, Status.COUNTED]):
        a_signature(letter, f"Name {'x' * (n + 1)}", status=status)
    a_signature(letter, "Anonymous", show_name=False)
    a_signature(letter, "Rep", organisation_name="The Paper Guild")
    refresh_tallies()
    tally = Tally.objects.get(letter=letter)
    assert (tally.received, tally.people, tally.organisations, tally.listed) == (10, 3, 1, 3)
    assert (tally.unconfirmed, tally.repeated, tally.held, tally.rejected, tally.withdrawn) == (
        *(1, 1, 1, 1, 1),
    )
    assert tally.rejected_by_reason == {"fake": 1}
    assert tally.counted == tally.received - 6
    assert tally.not_confirmed == 2
    assert Tally.objects.get(letter__slug="other").received == 0


def test_again_changes_nothing_but_the_time(letter: Letter) -> None:
    a_signature(letter)
    refresh_tallies()
    before = Tally.objects.values().get()
    refresh_tallies()
    after = Tally.objects.values().get()
    assert {**before, "computed_at": None} == {**after, "computed_at": None}


def test_probing_an_address_does_not_show_in_public_figures(letter: Letter) -> None:
    """A stranger posts an address: the public figures move alike whether it has signed or not."""
    a_signature(letter, email="ada@mail.example")
    a_signature(letter, "Probe one", email="ada@mail.example", status=Status.REPEATED)
    a_signature(letter, "Probe two", email="new@mail.example", status=Status.UNCONFIRMED)
    refresh_tallies()
    assert Tally.objects.get(letter=letter).not_confirmed == 2
