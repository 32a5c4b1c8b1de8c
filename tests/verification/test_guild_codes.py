from __future__ import annotations

import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from common import pagecache
from letters.models import Letter, Role, User
from signatories.models import Signature, Status
from tests.builders import a_coalition, a_letter, a_member, a_signature, an_editor
from verification.links import manage_path
from verification.models import Action, AuditEntry, Evidence, Guild, GuildCode
from verification.services.issue_guild_codes import issue_guild_codes
from verification.services.redeem_guild_code import CodeRefused, redeem_guild_code

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/evidence/"


def a_guild(letter: Letter, name: str = "Paper Makers’ Guild") -> Guild:
    return Guild.objects.create(letter=letter, name=name, name_key=name.lower())


def codes_of(guild: Guild, number: int = 1) -> list[str]:
    issuer = an_editor(guild.letter.coalition)
    return issue_guild_codes(guild=guild, number=number, actor=issuer)


def enter(client: Client, row: Signature, code: str) -> Any:
    return client.post(f"{manage_path(row.pk)}guild-code/", {"code": code})


def test_member_enters_a_code_and_the_letter_counts_one_member(
    browser_client: Client, letter: Letter
) -> None:
    row = a_signature(letter)
    [code] = codes_of(a_guild(letter))
    page = browser_client.get(manage_path(row.pk)).content.decode()
    assert "/guild-code/" in page
    response = enter(browser_client, row, f" {code.lower().replace('-', ' ')} ")
    assert (response.status_code, response["Location"].partition("?")[2]) == (303, "notice=guild")
    row.refresh_from_db()
    assert row.marks == ["guild_code"]
    assert "1 verified member" in browser_client.get("/letters/a-letter/").content.decode()
    Signature.objects.filter(pk=row.pk).update(status=Status.HELD)
    pagecache.pages.clear()
    assert "verified member" not in browser_client.get("/letters/a-letter/").content.decode()


def test_database_has_no_code(letter: Letter) -> None:
    [code] = codes_of(a_guild(letter))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM verification_guildcode c")
        [(text,)] = cursor.fetchall()
    assert code not in text
    assert code.replace("-", "") not in text


def test_wrong_used_and_foreign_codes_get_one_answer(
    browser_client: Client, letter: Letter
) -> None:
    row, other = a_signature(letter), a_signature(letter, "Berta")
    [used] = codes_of(a_guild(letter))
    redeem_guild_code(signature_id=other.pk, code=used)
    foreign = a_letter("other", coalition=a_coalition("others"))
    [elsewhere] = codes_of(a_guild(foreign))
    path = f"{manage_path(row.pk)}guild-code/"  # once: a link says when it was made
    answers = {
        (response.status_code, response.content.replace(code.encode(), b""))
        for code in (used, elsewhere, "KKKKK-KKKKK")
        for response in [browser_client.post(path, {"code": code})]
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 422
    assert Evidence.objects.filter(signature=row).count() == 0


def test_own_code_again_and_a_second_code_change_nothing(letter: Letter) -> None:
    row = a_signature(letter)
    first, second = codes_of(a_guild(letter), 2)
    for code in (first, first, second):
        redeem_guild_code(signature_id=row.pk, code=code)
    assert GuildCode.objects.filter(redeemed_by=row).count() == 1
    redeem_guild_code(signature_id=a_signature(letter, "Berta").pk, code=second)


def test_erased_signature_leaves_a_used_code(letter: Letter) -> None:
    row = a_signature(letter)
    [code] = codes_of(a_guild(letter))
    redeem_guild_code(signature_id=row.pk, code=code)
    row.delete()
    with pytest.raises(CodeRefused):
        redeem_guild_code(signature_id=a_signature(letter, "Berta").pk, code=code)


def test_guessing_is_throttled(browser_client: Client, letter: Letter) -> None:
    a_guild(letter)
    row = a_signature(letter)
    tries = min(settings.THROTTLE_PER_MINUTE[n] for n in ("code_address", "code_network")) + 1
    statuses = [enter(browser_client, row, "KKKKK-KKKKK").status_code for _ in range(tries)]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {422}


def test_unconfirmed_signature_and_forged_link_redeem_nothing(
    browser_client: Client, letter: Letter
) -> None:
    [code] = codes_of(a_guild(letter))
    row = a_signature(letter, status=Status.UNCONFIRMED)
    assert enter(browser_client, row, code).status_code == 409
    assert browser_client.post("/manage/forged/guild-code/", {"code": code}).status_code == 404
    other_site = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert enter(other_site, a_signature(letter, "Berta"), code).status_code == 403
    assert not GuildCode.objects.filter(redeemed_at__isnull=False).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins() -> None:
    letter = a_letter()
    rows = [a_signature(letter, name) for name in ("Ada", "Berta")]
    codes = codes_of(a_guild(letter), 8)
    refused: list[str] = []

    def redeem(row: Signature, start: threading.Barrier) -> None:
        try:
            start.wait()
            redeem_guild_code(signature_id=row.pk, code=codes[0])
        except CodeRefused:
            refused.append(row.name)
        finally:
            connection.close()

    start = threading.Barrier(2)
    threads = [threading.Thread(target=redeem, args=(row, start)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert GuildCode.objects.filter(redeemed_by__isnull=False).count() == 1
    assert Evidence.objects.count() == 1


def test_editor_issues_codes_that_are_shown_once(editor: Client, letter: Letter) -> None:
    editor.post(f"{PAGE}guilds/", {"name": "Paper Makers’ Guild"})
    guild = Guild.objects.get()
    response = editor.post(f"{PAGE}guilds/{guild.pk}/codes/", {"number": 3})
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    codes = response.context["codes"]
    assert len(codes) == 3
    assert all(code in response.content.decode() for code in codes)
    overview = editor.get(PAGE).content.decode()
    assert "0 of 3 codes used" in overview
    assert not any(code in overview for code in codes)
    redeem_guild_code(signature_id=a_signature(letter).pk, code=codes[1])
    log = AuditEntry.objects.filter(actor=User.objects.get()).order_by("id")
    assert [(entry.action, entry.note) for entry in log] == [
        ("guild", guild.name),
        ("issue", f"{guild.name}: 3"),
    ]


def test_guild_is_added_once(editor: Client, letter: Letter) -> None:
    for name in ("Paper Makers’ Guild", "PAPER makers’ guild"):
        assert editor.post(f"{PAGE}guilds/", {"name": name}).status_code == 303
    assert [guild.name for guild in Guild.objects.all()] == ["Paper Makers’ Guild"]
    assert AuditEntry.objects.filter(action=Action.GUILD).count() == 1


def test_unused_codes_are_cancelled_and_members_stay(editor: Client, letter: Letter) -> None:
    guild = a_guild(letter)
    used, lost, late = codes_of(guild, 3)
    member, other = a_signature(letter), a_signature(letter, "Berta")
    redeem_guild_code(signature_id=member.pk, code=used)
    path = f"{PAGE}guilds/{guild.pk}/cancel/"
    page = editor.post(path, follow=True).content.decode()
    assert "2 unused codes are cancelled." in page
    assert "1 of 1 codes used" in page
    assert "Cancel unused codes" not in page
    for code in (lost, late):
        with pytest.raises(CodeRefused):
            redeem_guild_code(signature_id=other.pk, code=code)
    member.refresh_from_db()
    assert member.marks == ["guild_code"]
    editor.post(path)
    assert [entry.note for entry in AuditEntry.objects.filter(action=Action.CANCEL)] == [
        f"{guild.name}: 2"
    ]


def test_codes_come_as_a_file_too(editor: Client, letter: Letter) -> None:
    guild = a_guild(letter)
    response = editor.post(f"{PAGE}guilds/{guild.pk}/codes/", {"number": 2, "as_file": "1"})
    lines = response.content.decode().split()
    assert (lines[0], len(lines)) == ("code", 3)
    redeem_guild_code(signature_id=a_signature(letter).pk, code=lines[2])


def test_guild_of_another_coalition_is_not_there(editor: Client, letter: Letter) -> None:
    other = a_guild(a_letter("other", coalition=a_coalition("others")))
    codes_of(other)
    assert editor.post(f"{PAGE}guilds/{other.pk}/codes/", {"number": 1}).status_code == 404
    assert editor.post(f"{PAGE}guilds/{other.pk}/cancel/").status_code == 404
    assert GuildCode.objects.count() == 1


def test_moderator_vouches_with_a_note_and_takes_it_back(letter: Letter) -> None:
    client = Client()
    client.force_login(a_member(letter.coalition, Role.MODERATOR))
    row = a_signature(letter)

    def decide(action: str, note: str = "") -> list[str]:
        data = {"action": action, "seen": f"{row.pk}-{row.fingerprint}", "note": note}
        client.post("/organise/letters/a-letter/signatures/decide/", data)
        return Signature.objects.get(pk=row.pk).marks

    assert decide("vouch") == []
    assert decide("vouch", "Spoke with her on the phone.") == ["vouched"]
    history = client.get(f"/organise/letters/a-letter/signatures/{row.pk}/").content.decode()
    assert "Spoke with her on the phone." in history
    assert "Spoke with" not in client.get("/letters/a-letter/").content.decode()
    assert decide("unvouch") == []
    entries = row.audit_entries.order_by("id").values_list("action", "note")
    assert list(entries) == [("vouch", "Spoke with her on the phone."), ("unvouch", "")]
