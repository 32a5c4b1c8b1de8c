from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common import pageviews
from common.pageviews import DIRECT, OTHER, OWN, flush_views
from letters.models import Letter, Role
from signatories.models import Signature, Status, Tally
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_coalition, a_letter, a_member, a_signature, an_invitation
from verification.models import PageViews, Statistics
from verification.services import collect_views as collecting
from verification.services.collect_views import collect_views
from verification.services.refresh_statistics import refresh_statistics
from verification.statistics import funnel, list_chart, mails, source_chart, time_chart

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/statistics/"
OPENED = {"Sec-Fetch-Dest": "document"}


def member(letter: Letter, role: Role = Role.VIEWER) -> Client:
    client = Client()
    client.force_login(a_member(letter.coalition, role))
    return client


def figures() -> dict[str, object]:
    refresh_tallies()
    refresh_statistics()
    found: dict[str, object] = Statistics.objects.get(letter__slug="a-letter").figures
    return found


def views() -> dict[str, int]:
    flush_views()
    collect_views()
    return dict(PageViews.objects.values_list("source", "number"))


def test_lists_add_up_to_the_counted(letter: Letter) -> None:
    for name, role in (("Ada", "Writer"), ("Berta", "writer"), ("Carla", "Actor"), ("Dora", "")):
        a_signature(letter, name, role_title=role, country="FR" if role else "")
    a_signature(letter, "Held", role_title="Writer", status=Status.HELD)
    a_signature(letter, "Rep", organisation_name="The Guild", role_title="Chair", country="DE")
    found = figures()
    roles, countries = list_chart(found, "roles"), list_chart(found, "countries")
    assert roles
    assert countries
    assert [(bar.label.lower(), bar.value) for bar in roles.rows] == [("writer", 2), ("actor", 1)]
    assert (roles.rest, roles.missing) == (0, 1)
    assert [(bar.label, bar.value) for bar in countries.rows] == [("France", 3), ("Germany", 1)]
    assert countries.missing == 1
    counted = Tally.objects.get(letter=letter).counted
    assert sum(bar.value for bar in countries.rows) + countries.missing == counted
    assert list_chart(found, "affiliations") is None


def test_time_has_no_gaps_and_the_zone_of_the_letter(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(time_zone="Pacific/Auckland")
    noon = timezone.now().replace(hour=12, minute=0)
    for n, days in enumerate((9, 6, 6)):
        row = a_signature(letter, f"Name {'x' * n}")
        Signature.objects.filter(pk=row.pk).update(created_at=noon - timedelta(days=days))
    late = a_signature(letter, "Nobody", status=Status.UNCONFIRMED)
    Signature.objects.filter(pk=late.pk).update(created_at=noon - timedelta(days=6))
    found = figures()
    # Noon in UTC is the next day's first hour, or second, in Auckland.
    assert min(found["days"]) == str((noon - timedelta(days=8)).date())  # type: ignore[call-overload]
    chart = time_chart(found)
    assert chart
    assert [column.values for column in chart.columns] == [(1, 0), (0, 0), (0, 0), (2, 1)]
    assert (chart.top, chart.total, len(chart.marks)) == (4, 3, 3)
    # What retention deletes later stays in the figures.
    late.delete()
    Statistics.objects.update(counts=[])
    assert figures()["days"] == found["days"]


def test_unchanged_letter_is_not_counted_again(letter: Letter) -> None:
    a_signature(letter)
    refresh_tallies()
    assert (refresh_statistics(), refresh_statistics()) == (1, 0)
    a_signature(letter, "Berta")
    refresh_tallies()
    assert refresh_statistics() == 1
    Statistics.objects.update(computed_at=timezone.now() - timedelta(minutes=16))
    assert refresh_statistics() == 1


def test_views_are_counted_by_site_and_without_readers(client: Client, letter: Letter) -> None:
    for headers in (
        *({**OPENED, "Referer": "https://www.news.example/a/page?reader=ada"} for _ in range(6)),
        {**OPENED, "Referer": f"{settings.SITE_URL}/"},
        {**OPENED, "Referer": "https://192.0.2.7/"},
        {**OPENED, "Referer": "https://[broken"},
        OPENED,
        {"Sec-Fetch-Dest": "empty"},  # a script's request
        {**OPENED, "Sec-Purpose": "prefetch"},
        {},  # no browser
    ):
        client.get("/letters/a-letter/", headers=headers)
    client.get("/letters/a-letter/sign/", headers=OPENED)
    client.head("/letters/a-letter/", headers=OPENED)
    client.get("/letters/a-letter/roll/", headers=OPENED)
    assert views() == {DIRECT: 2, OWN: 1, "news.example": 6, OTHER: 2}
    # Again adds up.
    client.get("/letters/a-letter/fr/", headers=OPENED)
    assert views()[DIRECT] == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(v::text, ' ') FROM verification_pageviews v")
        [(text,)] = cursor.fetchall()
    assert "ada" not in text
    assert "192.0" not in text


def test_invented_sites_do_not_fill_the_table(
    client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "MOST_SOURCES", 3)
    for n in range(6):
        client.get("/letters/a-letter/", headers={**OPENED, "Referer": f"https://s{n}.example/"})
    found = views()
    assert (len(found), found[OTHER], sum(found.values())) == (4, 3, 6)
    # Nor do they keep out the true ones, which come later and bring more.
    for _ in range(2):
        client.get("/letters/a-letter/", headers={**OPENED, "Referer": "https://news.example/"})
    found = views()
    assert (found["news.example"], len(found), found[OTHER], sum(found.values())) == (2, 4, 4, 8)


def test_invented_sites_have_bounded_room_in_memory_and_redis(
    client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_from(*hosts: str) -> None:
        for host in hosts:
            client.get("/letters/a-letter/", headers={**OPENED, "Referer": f"https://{host}/"})

    monkeypatch.setattr(pageviews, "MOST_SOURCES", 2)
    open_from("a.example", "b.example", "c.example", "d.example")
    client.get("/letters/a-letter/", headers=OPENED)
    assert views() == {"a.example": 1, "b.example": 1, OTHER: 2, DIRECT: 1}
    monkeypatch.setattr(pageviews, "MOST_KEYS", 2)
    for host in ("e.example", "f.example", "g.example"):
        open_from(host)
        pageviews.flush_views()
    found = views()
    assert (found["e.example"], found["f.example"], found[OTHER]) == (1, 1, 3)


def test_funnel_and_sources(letter: Letter) -> None:
    today = timezone.now().date()
    for source, number in (("", 10), ("news.example", 8), ("tiny.example", 2)):
        PageViews.objects.create(letter=letter, day=today, source=source, number=number)
    for n in range(4):
        a_signature(letter, f"Name {'x' * n}")
    a_signature(letter, "Waiting", status=Status.UNCONFIRMED)
    a_signature(letter, "Imported", source="import")
    found = figures()
    steps = funnel(found)
    assert steps
    assert [bar.value for bar in steps.steps] == [20, 5, 4]
    assert steps.rates == [None, 25, 80]
    assert steps.since == today
    sources = source_chart(found)
    assert sources
    # A site that sent two readers is not named.
    assert [bar.value for bar in sources.rows] == [10, 8, 2]
    assert "tiny.example" not in [bar.label for bar in sources.rows]


def test_mails_by_what_became_of_them(letter: Letter) -> None:
    a_signature(letter)
    a_signature(letter, "Berta", status=Status.UNCONFIRMED, confirmation_sent_at=None)
    a_signature(
        letter,
        "Carla",
        status=Status.UNCONFIRMED,
        confirmation_sent_at=None,
        confirmation_due_at=None,
        confirmation_attempts=8,
    )
    an_invitation(letter)
    found = {mail.kind: [bar.value for bar in mail.parts] for mail in mails(figures())}
    assert found == {"To confirm a signature": [1, 1, 1], "Personal invitations": [0, 1, 0]}


def test_page_shows_what_was_counted_and_counts_nothing(letter: Letter) -> None:
    client = member(letter)
    assert "drawn within a minute" in client.get(PAGE).content.decode()
    a_signature(letter, role_title="Letter <b>carrier", affiliation="The Paper Guild")
    PageViews.objects.create(letter=letter, day=timezone.now().date(), source="", number=3)
    figures()
    with CaptureQueriesContext(connection) as queries:
        page = client.get(PAGE).content.decode()
    assert not [q for q in queries if "signatories_signature" in q["sql"]]
    assert not [q for q in queries if "verification_pageviews" in q["sql"]]
    for words in ("Letter &lt;b&gt;carrier", "The Paper Guild", "Signatures, hour by hour", "33"):
        assert words in page
    assert "style=" not in page
    assert "<style" not in page


def test_letter_of_another_coalition_is_not_there(letter: Letter) -> None:
    a_letter("other", coalition=a_coalition("others"))
    assert member(letter).get("/organise/letters/other/statistics/").status_code == 404
