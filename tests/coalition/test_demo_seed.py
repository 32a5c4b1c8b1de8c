"""The demo in the database."""

import re
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from coalition.demo import ORGANISER_EMAIL, ORGANISER_PASSWORD
from coalition.demo.seeding import seed_demo
from common.names import sort_key
from letters.models import Coalition, Letter, Membership, Office, Role, User
from signatories.models import Organisation, Signature, Status, Tally

pytestmark = pytest.mark.django_db

STATEMENT = "statement-on-training"


def _seed(**options: Any) -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out, **options)
    return out.getvalue()


def _fingerprint() -> list[tuple[Any, ...]]:
    return list(Signature.objects.order_by("id").values_list("id", "name", "status", "created_at"))


@pytest.mark.slow
def test_seed_fills_all_three_letters() -> None:
    out = _seed()
    print(out)
    tallies = {tally.letter.slug: tally for tally in Tally.objects.select_related("letter")}
    assert {slug: (t.people, t.organisations) for slug, t in tallies.items()} == {
        "creators-coalition-on-ai": (500, 0),
        "ostp-ai-copyright": (430, 0),
        STATEMENT: (10500, 60),
    }
    statement = tallies[STATEMENT]
    assert statement.received == Signature.objects.filter(letter__slug=STATEMENT).count()
    assert statement.rejected == sum(statement.rejected_by_reason.values())
    assert Organisation.objects.filter(letter__slug=STATEMENT).count() == 60
    assert Signature.objects.mail_due().count() == 0


def test_seeded_letters_are_open_with_a_locked_text() -> None:
    _seed(scale=200)
    for letter in Letter.objects.select_related("current_version"):
        version = letter.current_version
        assert version is not None
        assert letter.accepts_signatures()
        assert version.published_at is not None
        original = version.translations.get(is_authoritative=True)
        assert version.text_sha256 == original.text_sha256
    texts = Letter.objects.get(slug=STATEMENT).current_version.translations  # type: ignore[union-attr]
    assert set(texts.values_list("language", flat=True)) == {"en", "fr", "de", "es", "ar"}


def test_one_letter_shows_a_correction_that_people_signed_before_and_after() -> None:
    _seed(scale=200)
    letter = Letter.objects.get(slug="ostp-ai-copyright")
    first, second = letter.versions.order_by("number")
    assert (second.kind, letter.current_version) == ("correction", second)
    for version in (first, second):
        assert Signature.objects.of_letter(letter.pk).counted().filter(version=version).exists()
    assert second.published_at is not None
    assert not Signature.objects.filter(version=first, created_at__gte=second.published_at).exists()
    page = Client().get("/letters/ostp-ai-copyright/fr/changes/1/2/").content.decode()
    removed = re.search(r"<del>.*?</del>", page)
    assert removed is not None
    assert "1906" in removed[0]


def test_seeded_rows_are_like_those_of_the_sign_form() -> None:
    _seed(scale=200)
    signature = Signature.objects.counted().people().first()
    assert signature is not None
    assert signature.email.endswith(".example")
    assert bytes(signature.sort_key) == sort_key(signature.name, "en")
    assert len(signature.email_digest) == len(signature.details_digest) == 32
    organisation = Signature.objects.counted().organisations().first()
    assert organisation is not None
    assert organisation.organisation is not None
    assert organisation.organisation.name == organisation.organisation_name
    repeated = Signature.objects.filter(status=Status.REPEATED).first()
    assert repeated is not None
    first = Signature.objects.get(
        letter=repeated.letter, email_digest=repeated.email_digest, confirmed_at__isnull=False
    )
    assert first.status == Status.COUNTED


def test_second_seed_changes_nothing() -> None:
    _seed(scale=200)
    before = _fingerprint()
    assert "already" in _seed(scale=200)
    assert _fingerprint() == before
    assert User.objects.count() == 5


def test_reset_signs_anew_and_keeps_letters_and_texts() -> None:
    _seed(scale=200)
    letters = set(Letter.objects.values_list("pk", "current_version_id"))
    names = [row[1] for row in _fingerprint()]
    newest = Signature.objects.latest("id").pk
    _seed(scale=200, reset=True)
    assert set(Letter.objects.values_list("pk", "current_version_id")) == letters
    assert sorted(row[1] for row in _fingerprint()) == sorted(names)
    assert min(row[0] for row in _fingerprint()) > newest


def test_scale_sets_the_people_of_the_statement() -> None:
    _seed(scale=1234)
    assert Tally.objects.get(letter__slug=STATEMENT).people == 1234


def test_scale_too_small_is_refused() -> None:
    with pytest.raises(CommandError, match="from 100 on"):
        _seed(scale=12)
    assert not Letter.objects.exists()


def test_organisers_can_log_in_and_have_their_roles() -> None:
    assert ORGANISER_PASSWORD in _seed(scale=200, with_known_passwords=True)
    organiser = User.objects.get(email=ORGANISER_EMAIL)
    assert organiser.check_password(ORGANISER_PASSWORD)
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == 5
    assert Letter.objects.of_member(organiser.pk).count() == 3
    roles = dict(
        Membership.objects.filter(coalition__slug="screen-creators").values_list(
            "user__email", "role"
        )
    )
    assert roles == {
        ORGANISER_EMAIL: Role.OWNER,
        "editor@coalition.example": Role.EDITOR,
        "moderator@coalition.example": Role.MODERATOR,
        "viewer@coalition.example": Role.VIEWER,
    }
    stranger = User.objects.get(email="stranger@coalition.example")
    assert Letter.objects.of_member(stranger.pk).count() == 0
    assert Coalition.objects.of_member(stranger.pk).count() == 1


@pytest.mark.parametrize(
    ("embedded", "site_url"), [(False, "http://localhost:8000"), (True, "https://l.example.org")]
)
def test_known_password_stays_out_of_a_real_installation(
    settings: Any, embedded: bool, site_url: str
) -> None:
    settings.EMBEDDED, settings.DEBUG, settings.SITE_URL = embedded, False, site_url
    out = _seed(scale=200)
    assert ORGANISER_PASSWORD not in out
    assert "note it" in out
    assert not any(user.check_password(ORGANISER_PASSWORD) for user in User.objects.all()[:1])


def test_seeding_again_leaves_a_changed_password_alone() -> None:
    _seed(scale=200, with_known_passwords=True)
    organiser = User.objects.get(email=ORGANISER_EMAIL)
    organiser.set_password("a password of my own")
    organiser.save(update_fields=["password"])
    out = _seed(scale=200, reset=True, with_known_passwords=True)
    organiser.refresh_from_db()
    assert organiser.check_password("a password of my own")
    assert "password" not in out


def test_offices_have_sources_and_write_to_nobody() -> None:
    seed_demo(known_passwords=False, scale=200)
    for office in Office.objects.all():
        office.full_clean()
        assert office.source
        assert office.checked_on is not None
        assert not office.email or office.email.endswith(".example")
    ostp = Office.objects.get(slug="ostp-ai-action-plan")
    assert ostp.deadline_at is not None
    assert ostp.deadline_at.isoformat() == "2025-03-16T03:59:00+00:00"
    assert (ostp.max_pages, ostp.max_total_bytes) == (15, None)
    assert "ostp-ai-rfi@nitrd.gov" in ostp.notes
    assert Letter.objects.get(slug="ostp-ai-copyright").offices.filter(pk=ostp.pk).exists()
