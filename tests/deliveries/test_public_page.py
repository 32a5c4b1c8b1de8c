from __future__ import annotations

import subprocess
from typing import Any

import pytest
from django.test import Client

from common.pagecache import pages
from deliveries.models import Delivery
from deliveries.services.send_delivery import publish_delivery
from letters.models import Letter, LetterStatus, Role
from signatories.models import Signature
from tests.builders import a_member, a_signature
from tests.deliveries.builders import a_delivery, address, client_of, typeset
from tests.deliveries.conftest import NAME


def public(client: Client, delivery: Delivery, name: str = "") -> Any:
    return client.get(f"/deliveries/{delivery.letter.slug}/{delivery.number}/{name}")


def test_a_ready_delivery_is_public_once_somebody_publishes_it(ready: Delivery) -> None:
    client = Client()
    letter_page = f"/letters/{ready.letter.slug}/"
    assert public(client, ready).status_code == 404
    assert ready.get_absolute_url() not in client.get(letter_page).content.decode()
    editor = client_of(a_member(ready.letter.coalition, Role.OWNER))
    preview = editor.get(address("delivery_preview", ready))
    assert ready.files.get(name="roll.pdf").sha256 in preview.content.decode()
    assert preview["Cache-Control"] == "private, no-store"
    editor.post(address("delivery_publish", ready))
    pages.clear()
    assert public(client, ready).status_code == 200
    assert ready.get_absolute_url() in client.get(letter_page).content.decode()


def test_what_is_not_ready_cannot_be_published(delivery: Delivery) -> None:
    editor = client_of(a_member(delivery.letter.coalition, Role.OWNER))
    editor.post(address("delivery_publish", delivery))
    delivery.refresh_from_db()
    assert delivery.published_at is None
    assert editor.get(address("delivery_preview", delivery)).status_code == 404


@pytest.fixture
def published(ready: Delivery) -> Delivery:
    ready.published_at = ready.ready_at
    ready.save(update_fields=["published_at"])
    return ready


def test_it_can_be_read_in_each_language_of_the_text(published: Delivery) -> None:
    client = Client()
    french = public(client, published, "fr/").content.decode()
    assert '<html lang="fr"' in french
    assert "Une lettre sur le papier" in french
    assert f'href="{published.get_absolute_url()}ar/" lang="ar"' in french
    assert f'href="{published.get_absolute_url()}" lang="en"' in french
    letter = client.get(f"/letters/{published.letter.slug}/fr/").content.decode()
    assert f'href="{published.get_absolute_url()}fr/"' in letter
    # The authoritative text has one address, and what was not delivered in a language has none.
    assert public(client, published, "en/").status_code == 404
    assert public(client, published, "de/").status_code == 404


@pytest.mark.parametrize(
    "name", ["%00", "%0a", "x%00.pdf", "..", "A.PDF", "a" * 300, "letter.pdf%0a"]
)
def test_odd_file_names_are_nowhere(published: Delivery, name: str) -> None:
    member = client_of(a_member(published.letter.coalition, Role.VIEWER))
    assert public(Client(), published, name).status_code == 404
    files = address("delivery_file", published).removesuffix("letter.pdf")
    assert member.get(f"{files}{name}").status_code == 404
    assert Client().get(f"/deliveries/{published.letter.slug}/{'9' * 30}/").status_code == 404


def test_the_public_page_shows_hashes_and_no_name(published: Delivery) -> None:
    ready, client = published, Client()
    answer = public(client, ready)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert NAME not in page
    for part in (
        ready.files.get(name="roll.pdf").sha256,
        ready.text_sha256,
        "Office of Paper",
        "roll.pdf",
    ):
        assert part in page
    assert client.post(f"/deliveries/{ready.letter.slug}/1/").status_code == 405


def test_only_the_letter_without_names_is_ever_public(ready: Delivery) -> None:
    client = Client()
    assert public(client, ready, "letter-public.pdf").status_code == 404
    editor = client_of(a_member(ready.letter.coalition, Role.OWNER))
    editor.post(address("delivery_publish", ready))
    answer = public(client, ready, "letter-public.pdf")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=60")
    for name in ("letter.pdf", "roll.pdf", "roll.csv", "manifest.json", "nothing"):
        assert public(client, ready, name).status_code == 404


@pytest.mark.parametrize("status", [LetterStatus.DRAFT, LetterStatus.EMBARGOED])
def test_a_letter_that_is_not_public_has_no_public_delivery(
    published: Delivery, status: LetterStatus
) -> None:
    Letter.objects.filter(pk=published.letter_id).update(status=status)
    assert public(Client(), published).status_code == 404
    assert public(Client(), published, "letter-public.pdf").status_code == 404


def test_a_delivery_under_way_has_no_public_page(delivery: Delivery) -> None:
    assert public(Client(), delivery).status_code == 404
    assert public(Client(), delivery, "../1/").status_code == 404


@pytest.mark.slow
def test_who_is_not_to_be_named_is_in_no_public_byte(letter: Letter) -> None:
    shown = a_signature(letter, "Later Withdrawn", consent_government=True, featured_rank=1)
    a_signature(letter, "Rep Person", organisation_name="Guild of Paper", consent_government=True)
    a_signature(letter, "Held Secret", status="held", consent_government=True)
    delivery = typeset(a_delivery(letter))
    publish_delivery(delivery=delivery, actor=delivery.created_by)
    Signature.objects.filter(pk=shown.pk).update(show_name=False)
    page = public(Client(), delivery).content.decode()
    file = b"".join(public(Client(), delivery, "letter-public.pdf").streaming_content)
    text = subprocess.run(
        ["pdftotext", "-", "-"], input=file, capture_output=True, check=True
    ).stdout.decode()
    assert "A letter about paper" in " ".join(text.split())
    for name in ("Later Withdrawn", "Guild of Paper", "Rep Person", "Held Secret"):
        assert name not in page
        assert name not in " ".join(text.split())
