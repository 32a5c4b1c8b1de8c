from __future__ import annotations

import pytest
from django.test import Client

from letters.models import Letter, Role
from tests.builders import a_coalition, a_letter, a_member, a_signature, an_editor
from tests.conftest import SAME_ORIGIN
from tests.verification.test_guild_codes import a_guild
from verification.links import representative_path
from verification.models import AuditEntry, Guild, GuildCode
from verification.services.issue_guild_codes import (
    LinkClosed,
    cancel_guild_codes,
    issue_guild_codes,
)
from verification.services.redeem_guild_code import CodeRefused, redeem_guild_code

pytestmark = pytest.mark.django_db
EVIDENCE = "/organise/letters/a-letter/evidence/guilds/"


@pytest.fixture
def guild(letter: Letter) -> Guild:
    made = a_guild(letter)
    Guild.objects.filter(pk=made.pk).update(link_key="key", codes_limit=5)
    made.refresh_from_db()
    return made


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_representative_makes_codes_up_to_the_limit(browser_client: Client, guild: Guild) -> None:
    path = representative_path(guild)
    response = browser_client.post(f"{path}codes/", {"number": 3})
    codes = response.context["codes"]
    assert (response.status_code, len(codes)) == (200, 3)
    assert all(code in response.content.decode() for code in codes)
    assert response["Cache-Control"] == "no-store"
    refused = browser_client.post(f"{path}codes/", {"number": 3})
    assert refused.status_code == 422
    assert "You can make 2 more codes" in refused.content.decode()
    file = browser_client.post(f"{path}codes/", {"number": 2, "as_file": "1"})
    assert len(file.content.decode().split()) == 3
    assert GuildCode.objects.count() == 5
    assert "All the codes that the organisers allow" in browser_client.get(path).content.decode()
    assert [(entry.actor, entry.note) for entry in AuditEntry.objects.order_by("id")] == [
        (None, f"{guild.name}: 3"),
        (None, f"{guild.name}: 2"),
    ]


def test_representative_sees_totals_and_nobody(browser_client: Client, guild: Guild) -> None:
    first, *_others = issue_guild_codes(guild=guild, number=3, actor=None, link_key=guild.link_key)
    row = a_signature(guild.letter, "Xenia Redeemer", email="xenia@hidden.example")
    redeem_guild_code(signature_id=row.pk, code=first)
    response = browser_client.get(representative_path(guild))
    shown = response.context["guild"]
    assert (shown.issued, shown.used, shown.unused, response.context["left"]) == (3, 1, 2, 2)
    assert "Xenia" not in response.content.decode()
    assert "hidden.example" not in response.content.decode()


def test_representative_cancels_what_is_unused(browser_client: Client, guild: Guild) -> None:
    used, unused = issue_guild_codes(guild=guild, number=2, actor=None, link_key=guild.link_key)
    row = a_signature(guild.letter)
    redeem_guild_code(signature_id=row.pk, code=used)
    path = f"{representative_path(guild)}cancel/"
    assert "1 code of" in browser_client.get(path).content.decode()
    assert GuildCode.objects.count() == 2  # asking changes nothing
    assert browser_client.post(path).status_code == 303
    assert GuildCode.objects.get().redeemed_by == row
    with pytest.raises(CodeRefused):
        redeem_guild_code(signature_id=a_signature(guild.letter, "Berta").pk, code=unused)
    assert actions() == ["issue", "evidence", "cancel"]


def test_closed_and_replaced_links_do_nothing(browser_client: Client, guild: Guild) -> None:
    path = representative_path(guild)
    for key in ("", "new"):
        Guild.objects.filter(pk=guild.pk).update(link_key=key)
        assert browser_client.get(path).status_code == 410
        assert browser_client.post(f"{path}codes/", {"number": 1}).status_code == 410
        assert browser_client.post(f"{path}cancel/").status_code == 410
    Guild.objects.filter(pk=guild.pk).update(link_key="")
    guild.link_key = ""
    assert browser_client.get(representative_path(guild)).status_code == 410
    with pytest.raises(LinkClosed):
        cancel_guild_codes(guild=guild, actor=None, link_key="key")
    assert not GuildCode.objects.exists()


def test_other_sites_cannot_make_the_browser_send_it(guild: Guild) -> None:
    other_site = Client(headers={"Sec-Fetch-Site": "cross-site"})
    path = representative_path(guild)
    for end in ("codes/", "cancel/"):
        assert other_site.post(f"{path}{end}", {"number": 1}).status_code == 403
    assert Client().post(path).status_code == 405
    assert not GuildCode.objects.exists()


def test_editor_opens_renews_and_closes_the_link(letter: Letter) -> None:
    client = Client(headers=SAME_ORIGIN)
    client.force_login(a_member(letter.coalition, Role.EDITOR))
    guild = a_guild(letter)
    page = f"{EVIDENCE}{guild.pk}/"
    assert "/guild/" not in client.get(page).content.decode()
    assert client.post(f"{page}link/", {"limit": 0}).status_code == 422
    keys = []
    for data in ({"limit": 7}, {"limit": 9}, {"limit": 9, "renew": "1"}, {"close": "1"}):
        client.post(f"{page}link/", data)
        guild.refresh_from_db()
        keys.append(guild.link_key)
        assert ("/guild/" in client.get(page).content.decode()) == bool(guild.link_key)
    first, same, renewed, closed = keys
    assert first == same != renewed
    assert (closed, guild.codes_limit) == ("", 9)
    issue_guild_codes(guild=guild, number=2, actor=an_editor(letter.coalition))
    client.post(f"{page}cancel/")
    assert not GuildCode.objects.exists()
    assert actions() == [*["guild_link"] * 4, "issue", "cancel"]


def test_guild_of_another_coalition_is_not_there(letter: Letter) -> None:
    other = a_guild(a_letter("other", coalition=a_coalition("others")))
    client = Client()
    client.force_login(a_member(letter.coalition, Role.OWNER))
    for end in ("link/", "cancel/"):
        assert client.post(f"{EVIDENCE}{other.pk}/{end}").status_code == 404
    assert client.get(f"{EVIDENCE}{other.pk}/").status_code == 404
