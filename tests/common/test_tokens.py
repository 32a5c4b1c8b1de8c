from datetime import timedelta

import pytest
import time_machine

from common.tokens import TokenError, TokenExpired, make_token, read_token


def test_token_gives_back_its_value() -> None:
    assert read_token("confirm", make_token("confirm", "12")) == "12"


def test_token_of_another_purpose_is_refused() -> None:
    with pytest.raises(TokenError):
        read_token("manage", make_token("confirm", "12"))


def test_changed_token_is_refused() -> None:
    token = make_token("confirm", "12")
    for forged in (token.replace("12", "13", 1), token[:-1], "", "é", token.upper()):
        with pytest.raises(TokenError):
            read_token("confirm", forged)


def test_old_token_says_what_it_carried() -> None:
    with time_machine.travel("2026-01-01"):
        token = make_token("confirm", "12")
    with time_machine.travel("2026-02-01"), pytest.raises(TokenExpired) as raised:
        read_token("confirm", token, max_age=timedelta(days=7))
    assert raised.value.value == "12"
