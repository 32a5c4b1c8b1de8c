"""Nobody can learn from a page, a status, a header or the time of an answer whether an address has
signed. Time is compared by the work: same statements, same trips to Redis, same tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from unittest.mock import patch

import pytest
import redis
from celery import Task
from django.conf import settings
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import pagecache
from common.tokens import make_token
from letters.models import Letter, Role
from letters.services import current_letter
from signatories.models import Signature, Status
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_member, a_signature, an_editor, sign_data
from tests.conftest import SAME_ORIGIN
from tests.promises.public_pages import open_all
from verification.links import CONFIRM, manage_url
from verification.models import BlockKind, Guild
from verification.services.block_senders import block_sender
from verification.services.erase_signature import erase_signature
from verification.services.issue_guild_codes import issue_guild_codes
from verification.services.redeem_guild_code import redeem_guild_code

pytestmark = pytest.mark.django_db

STATES = ("new", *Status.values, "erased", "blocked")
# As long as one another, so that the length of an answer says nothing either.
ADDRESSES = {state: f"{state:x<12}@mail.example" for state in STATES}
NAMES = {state: f"{state.title():x<12} Person" for state in STATES}


@pytest.fixture
def known(letter: Letter) -> Letter:
    """An address in every state, and one that is in none."""
    rows = {
        state: a_signature(letter, NAMES[state], email=ADDRESSES[state], status=state)
        for state in Status.values
    }
    rows["erased"] = a_signature(letter, NAMES["erased"], email=ADDRESSES["erased"])
    erase_signature(signature_id=rows["erased"].pk)
    block_sender(
        letter=letter,
        kind=BlockKind.ADDRESS,
        value=ADDRESSES["blocked"],
        note="",
        actor=a_member(letter.coalition, Role.MODERATOR),
    )
    return letter


def whole(response: HttpResponse) -> tuple[object, ...]:
    """All that a stranger receives."""
    return response.status_code, sorted(response.items()), response.content, str(response.cookies)


class Work:
    """What an answer cost: statements without their values, trips to Redis, tasks, mails."""

    def __init__(self) -> None:
        self.trips: list[str] = []
        self.tasks: list[str] = []

    def measure(self, ask: Callable[[], HttpResponse]) -> tuple[HttpResponse, tuple[object, ...]]:
        redis.Redis.from_url(settings.REDIS_URL).flushdb()  # every answer may ask for its mail
        pagecache.pages.clear()
        current_letter.forget()
        current_letter.current_letter("a-letter")  # kept for a second, whoever asks
        mails = len(mail.outbox)
        work = self
        execute = redis.Redis.execute_command

        def trip(self: redis.Redis, *args: object, **options: object) -> object:
            work.trips.append(str(args[0]))
            return execute(self, *args, **options)

        def task(self: Task, *_args: object, **_options: object) -> None:
            work.tasks.append(str(self.name))

        with ExitStack() as stack:
            stack.enter_context(patch.object(redis.Redis, "execute_command", trip))
            stack.enter_context(patch.object(Task, "apply_async", task))
            queries = stack.enter_context(CaptureQueriesContext(connection))
            response = ask()
        statements = [shape(query["sql"]) for query in queries.captured_queries]
        return response, (statements, self.trips, self.tasks, len(mail.outbox) - mails)


def shape(statement: str) -> str:
    """A statement without its values."""
    return re.sub(r"'(?:[^']|'')*'(?:::\w+)?|\b\d+\b", "?", statement)


def only_answer(ask: Callable[[str], HttpResponse]) -> tuple[object, tuple[object, ...]]:
    """What every address gets, and what it cost; fails where one differs from another."""
    Work().measure(lambda: ask("first"))  # the first of all loads templates and scripts
    found = {}
    for state in STATES:
        response, work = Work().measure(partial(ask, state))
        received = str(whole(response)).replace(ADDRESSES[state], "ADDRESS")
        found[state] = (received.replace(NAMES[state], "NAME"), work)
    assert {state: answer == found["new"] for state, answer in found.items()} == dict.fromkeys(
        STATES, True
    )
    return found["new"]


def a_stranger() -> Client:
    return Client(headers=SAME_ORIGIN)


def address_of(state: str) -> str:
    return ADDRESSES.get(state, "first@mail.example")


@pytest.mark.parametrize("changes", [{}, {"name": "<b>"}, {"version": "7"}, {"consent_web": None}])
def test_sign_form_answers_every_address_the_same(
    known: Letter, changes: dict[str, str | None]
) -> None:
    def ask(state: str) -> HttpResponse:
        data = sign_data(known, email=address_of(state), **changes)
        return a_stranger().post(f"/letters/{known.slug}/sign/", data)

    _answer, (statements, trips, tasks, mails) = only_answer(ask)
    if not changes:
        assert (len(trips), len(tasks), mails) == (1, 1, 0)
        assert len(statements) == 1


def test_sending_again_is_answered_the_same(known: Letter) -> None:
    def ask(state: str) -> HttpResponse:
        data = sign_data(known, email=address_of(state))
        return a_stranger().post(f"/letters/{known.slug}/sign/", data)

    assert only_answer(ask) == only_answer(ask)


def test_wrong_code_is_answered_every_address_the_same(known: Letter) -> None:
    def ask(state: str) -> HttpResponse:
        data = {"email": address_of(state), "code": "2222-2222"}
        return a_stranger().post(f"/letters/{known.slug}/code/", data)

    _answer, (statements, _trips, tasks, mails) = only_answer(ask)
    assert (statements, tasks, mails) == ([], [], 0)


def test_what_have_i_signed_is_answered_every_address_the_same(known: Letter) -> None:
    def ask(state: str) -> HttpResponse:
        return a_stranger().post("/my-signatures/en/", {"email": address_of(state)})

    _answer, (statements, _trips, tasks, mails) = only_answer(ask)
    assert (statements, tasks, mails) == ([], ["verification.tasks.send_my_signatures"], 0)


@pytest.mark.parametrize("route", ["", "resend/"])
def test_forged_confirm_link_says_nothing(known: Letter, route: str) -> None:
    """Guessed for a signature that is there, and for one that is not."""
    _links_say_nothing("confirm", route)


@pytest.mark.parametrize(
    "route", ["", "withdraw/", "erase/", "sign-again/", "guild-code/", "new-text/", "data.json"]
)
def test_forged_manage_link_says_nothing(known: Letter, route: str) -> None:
    _links_say_nothing("manage", route)


def _links_say_nothing(kind: str, route: str) -> None:
    ids = [*Signature.objects.values_list("pk", flat=True), 10**9]
    for method in ("get", "post"):
        answers = set()
        for pk in ids:
            forged = make_token("other purpose", str(pk))
            at = f"/{kind}/{forged}/{route}"
            response, work = Work().measure(partial(getattr(a_stranger(), method), at))
            answers.add(str((whole(response), work)).replace(forged, "TOKEN"))
        assert len(answers) == 1, (method, kind, route)


def test_new_mail_is_asked_for_with_the_same_answer_whatever_the_state(known: Letter) -> None:
    """Who holds an old link of the address, perhaps on a shared machine, learns nothing by it."""
    answers = set()
    for row in Signature.objects.kept():
        response, (statements, trips, tasks, mails) = Work().measure(
            lambda row=row: a_stranger().post(
                f"/confirm/{make_token(CONFIRM, str(row.pk))}/resend/"
            )
        )
        answers.add(str((whole(response), statements, trips, tasks, mails)))
    assert len(answers) == 1


def test_guild_code_says_nothing_about_others(known: Letter) -> None:
    """A code that a member used and one that never was are refused alike."""
    guild = Guild.objects.create(letter=known, name="Paper Guild", name_key="paper guild")
    [used] = issue_guild_codes(guild=guild, number=1, actor=an_editor(known.coalition))
    counted = Signature.objects.get(status=Status.COUNTED)
    redeem_guild_code(signature_id=counted.pk, code=used)
    other = a_signature(known, "Some Other")
    path = manage_url(other.pk).removeprefix(settings.SITE_URL) + "guild-code/"
    never = used[:-1] + ("2" if used[-1] != "2" else "3")
    answers = {
        str(whole(a_stranger().post(path, {"code": code}))).replace(code, "CODE")
        for code in (used, never)
    }
    assert len(answers) == 1


def test_roll_finds_nobody_by_address_nor_anybody_who_is_not_listed(known: Letter) -> None:
    refresh_tallies()

    def by(words: dict[str, str]) -> set[str]:
        pages = set()
        for state in STATES:
            if state == Status.COUNTED and words is NAMES:
                continue
            page = a_stranger().get(f"/letters/{known.slug}/roll/", {"q": words[state]})
            pages.add(re.sub(words[state].replace(" ", r"(?:\+| |%20)"), "WORDS", _text(page)))
        return pages

    assert len(by({state: ADDRESSES[state].replace("@", " ") for state in STATES})) == 1
    assert len(by(ADDRESSES)) == 1
    assert len(by(NAMES)) == 1


def _text(response: HttpResponse) -> str:
    return str(whole(response)).replace("%40", "@")


def test_permalink_of_who_is_not_listed_is_as_of_nobody(known: Letter) -> None:
    hidden = a_signature(known, "Hidden Person", show_name=False)
    answers = set()
    for row in [*Signature.objects.exclude(status=Status.COUNTED), hidden]:
        at = f"/letters/{known.slug}/roll/{row.public_id}/"
        answers.add(str(whole(a_stranger().get(at))).replace(row.public_id, "ID"))
    nobody = Signature(pk=10**9, letter=known).public_id
    at = f"/letters/{known.slug}/roll/{nobody}/"
    answers.add(str(whole(a_stranger().get(at))).replace(nobody, "ID"))
    assert len(answers) == 1


def test_public_figures_move_the_same_for_every_address(known: Letter) -> None:
    changes = set()
    for address in ADDRESSES.values():
        before = list(_figures())
        data = sign_data(known, email=address, name="Some Body")
        a_stranger().post(f"/letters/{known.slug}/sign/", data)
        after = list(_figures())
        changes.add(tuple(b - a for a, b in zip(before, after, strict=True)))
    assert len(changes) == 1


def _figures() -> Iterator[int]:
    """Every number that the explained count shows."""
    refresh_tallies()
    pages = dict(open_all())
    table = pages["/letters/a-letter/"].content.decode()
    table = table[table.index('<table class="sum">') : table.index("</table>")]
    yield from (int(number) for number in re.findall(r"<td>(?:−\s*)?(\d+)</td>", table))
