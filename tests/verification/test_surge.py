from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import Any

import pytest
from django.test import Client

from common import pagecache, throttle
from letters.models import Letter, Role
from letters.services import current_letter
from signatories.models import Signature
from tests.builders import a_letter, a_member, sign_data
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db
SIGN = "/letters/a-letter/sign/"


@pytest.fixture(autouse=True)
def _little_work(settings: Any, monkeypatch: Any) -> None:
    settings.SURGE_WORK = 50
    monkeypatch.setattr(throttle, "WINDOW_SECONDS", 1_000_000)  # no minute ends within a test


def solve(client: Client, slug: str = "a-letter") -> str:
    """As static/js/challenge.js does it."""
    response = client.get(f"/letters/{slug}/challenge.json")
    assert response["Cache-Control"] == "no-store"
    challenge = response.json()
    for number in range(challenge.pop("maxnumber") + 1):
        text = challenge["salt"] + str(number)
        if hashlib.sha256(text.encode()).hexdigest() == challenge["challenge"]:
            return base64.b64encode(json.dumps({**challenge, "number": number}).encode()).decode()
    raise AssertionError("no solution")


def switch(letter: Letter, *, on: bool = True) -> None:
    Letter.objects.filter(pk=letter.pk).update(surge_mode=on)
    current_letter.forget()
    pagecache.pages.clear()


def post(client: Client, letter: Letter, **changes: Any) -> Any:
    return client.post(f"/letters/{letter.slug}/sign/", sign_data(letter, **changes))


def test_nobody_sees_a_challenge_in_quiet_times(browser_client: Client, letter: Letter) -> None:
    page = browser_client.get("/letters/a-letter/").content.decode()
    assert "challenge" not in page
    assert post(browser_client, letter).status_code == 303


def test_surge_asks_for_a_solution_and_keeps_what_was_typed(
    browser_client: Client, letter: Letter
) -> None:
    switch(letter)
    page = browser_client.get("/letters/a-letter/")
    assert 'data-challenge="/letters/a-letter/challenge.json"' in page.content.decode()
    response = post(browser_client, letter)
    text = response.content.decode()
    assert (response.status_code, "Paper matters." in text, "data-challenge=" in text) == (
        428,
        True,
        True,
    )
    assert not Signature.objects.exists()
    solution = solve(browser_client)
    assert post(browser_client, letter, altcha=solution).status_code == 303
    assert Signature.objects.get().signals == []
    switch(letter, on=False)
    assert post(browser_client, letter, email="b@mail.example").status_code == 303


def test_solution_is_good_once(browser_client: Client, letter: Letter) -> None:
    switch(letter)
    solution = solve(browser_client)
    answers = [
        post(browser_client, letter, altcha=solution, email=f"{n}@mail.example").status_code
        for n in range(3)
    ]
    assert answers == [303, 428, 428]


def test_solution_of_another_letter_expired_or_forged_is_refused(
    browser_client: Client, letter: Letter
) -> None:
    import time_machine

    other = a_letter("other")
    switch(letter)
    good = json.loads(base64.b64decode(solve(browser_client)))
    forged = [
        {**good, "number": good["number"] + 1},
        {**good, "signature": "0" * 64},
        {**good, "salt": good["salt"] + "1"},
        {**good, "salt": good["salt"].replace("?", "?expires=9999999999&")},
        {**good, "algorithm": "NONE"},
        {**good, "number": None},
        {**good, "salt": 5},
        {"challenge": "x"},
        [],
        5,
    ]
    texts = [base64.b64encode(json.dumps(payload).encode()).decode() for payload in forged]
    texts += [solve(browser_client, other.slug), "", "=", "ä", "x" * 500, "\x00"]
    texts.append(base64.b64encode(b"[" * 50_000).decode())
    for n, text in enumerate(texts):
        client = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=f"203.0.113.{n}")
        assert post(client, letter, altcha=text).status_code == 428, text
    late = solve(browser_client)
    with time_machine.travel(time.time() + 601):
        assert post(browser_client, letter, altcha=late).status_code == 428
    assert not Signature.objects.exists()


def test_without_javascript_one_asks_for_a_moderator(
    browser_client: Client, letter: Letter
) -> None:
    switch(letter)
    assert post(browser_client, letter, unchecked="yes").status_code == 303
    assert Signature.objects.get().signals == ["unchecked"]


def test_box_ticked_in_quiet_times_holds_nobody(browser_client: Client, letter: Letter) -> None:
    assert post(browser_client, letter, unchecked="yes").status_code == 303
    assert Signature.objects.get().signals == []


def test_unchecked_ones_are_few_and_close_the_letter_to_nobody(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = {**settings.THROTTLE_PER_MINUTE, "unchecked": 2}
    switch(letter)
    answers = [
        post(browser_client, letter, unchecked="yes", email=f"{n}@mail.example").status_code
        for n in range(3)
    ]
    assert answers == [303, 303, 429]
    other = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.7")
    assert post(other, letter, altcha=solve(other)).status_code == 303


def test_one_network_does_not_use_up_what_those_without_javascript_share(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = {**settings.THROTTLE_PER_MINUTE, "unchecked_network": 2}
    switch(letter)
    for n in range(2):
        post(browser_client, letter, unchecked="yes", email=f"{n}@mail.example")
    assert post(browser_client, letter, unchecked="yes").status_code == 429
    other = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.7")
    assert post(other, letter, unchecked="yes").status_code == 303


def test_network_in_a_surge_is_asked_and_others_are_not(
    browser_client: Client, letter: Letter, settings: Any
) -> None:
    settings.SURGE_PER_MINUTE = {"network": 2, "letter": 0}
    answers = [
        post(browser_client, letter, email=f"{n}@mail.example").status_code for n in range(4)
    ]
    assert answers == [303, 303, 428, 428]
    other = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR="203.0.113.7")
    assert post(other, letter).status_code == 303
    assert "challenge" not in other.get("/letters/a-letter/").content.decode()
    assert post(browser_client, letter, altcha=solve(browser_client)).status_code == 303


def test_letter_far_above_what_is_usual_goes_into_surge_mode(letter: Letter, settings: Any) -> None:
    settings.SURGE_PER_MINUTE = {"network": 0, "letter": 3}

    def sign(n: int) -> int:
        client = Client(
            headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=f"203.0.113.{n % 250}"
        )
        return int(post(client, letter, email=f"{n}@mail.example").status_code)

    assert [sign(n) for n in range(5)] == [303, 303, 303, 428, 428]
    pagecache.pages.clear()
    assert "data-challenge" in Client().get("/letters/a-letter/").content.decode()


def test_busy_letter_is_not_in_a_surge(settings: Any, monkeypatch: Any) -> None:
    """What came in the ten minutes before is the measure, not a number alone."""
    import time_machine

    settings.SURGE_PER_MINUTE = {"letter": 3}
    settings.THROTTLE_PER_MINUTE = {"letter": 1000}
    keys = {"letter": "1"}
    monkeypatch.setattr(throttle, "WINDOW_SECONDS", 60)
    with time_machine.travel(1_800_000_000, tick=False) as traveller:
        for _ in range(3):
            throttle.hit(keys, nudge="x")
        traveller.shift(60)
        assert [throttle.hit(keys, nudge="x").surge for _ in range(5)] == [False] * 3 + [True] * 2
        throttle._client(settings.REDIS_URL).delete("surge:letter:1")  # it ends after ten minutes
        traveller.shift(60)
        assert [throttle.hit(keys, nudge="x").surge for _ in range(9)] == [False] * 8 + [True]


def test_organiser_switches_it_on_and_off_and_the_log_says_so(letter: Letter) -> None:
    client = Client()
    client.force_login(a_member(letter.coalition, Role.MODERATOR))
    url = "/organise/letters/a-letter/protection/surge/"
    for on, said in (("yes", "It is on."), ("yes", "It is on."), ("no", "Switch it on")):
        assert said in client.post(url, {"on": on}, follow=True).content.decode()
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["surge", "calm"]


def test_forged_forwarded_address_is_the_same_network(letter: Letter, settings: Any) -> None:
    settings.THROTTLE_PER_MINUTE = {"address": 50, "network": 2, "letter": 50}
    answers = []
    for n in range(3):
        headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"198.51.100.{n}"}
        client = Client(headers=headers, REMOTE_ADDR="203.0.113.9")
        answers.append(post(client, letter, email=f"{n}@mail.example").status_code)
    assert answers == [303, 303, 429]


def test_forwarded_address_behind_our_proxy_is_the_last_hop(letter: Letter, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.THROTTLE_PER_MINUTE = {"address": 50, "network": 2, "letter": 50}
    answers = []
    for n in range(3):
        forwarded = f"198.51.100.{n}, 203.0.113.9"  # the first is the sender's own claim
        headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": forwarded}
        client = Client(headers=headers, REMOTE_ADDR="10.0.0.1")
        answers.append(post(client, letter, email=f"{n}@mail.example").status_code)
    assert answers == [303, 303, 429]
