import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from common.canonical import AddressError, canonical_email, clean_email


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Mail.Example", "ada@mail.example"),
        ("a.d.a@gmail.com", "ada@gmail.com"),
        ("ada+letters@gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "ada@gmail.com"),
        ("ada+x@outlook.com", "ada@outlook.com"),
        ("ada@me.com", "ada@icloud.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u0308cher.example", "ada@bücher.example"),
    ],
)
def test_canonical_email_joins_spellings_of_one_mailbox(one: str, other: str) -> None:
    assert canonical_email(clean_email(one)) == canonical_email(clean_email(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.da@mail.example", "ada@mail.example"),
        ("ada+x@mail.example", "ada@mail.example"),
        ("a.da@outlook.com", "ada@outlook.com"),
        ("+x@gmail.com", "+y@gmail.com"),
    ],
)
def test_canonical_email_keeps_different_mailboxes_apart(one: str, other: str) -> None:
    assert canonical_email(one) != canonical_email(other)


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "@x.example", "a@b@c.example", "a b@c.example"]
)
def test_clean_email_refuses_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressError) as raised:
        clean_email(text)
    assert raised.value.code == "invalid"


def test_clean_email_says_that_the_local_part_must_be_ascii() -> None:
    with pytest.raises(AddressError) as raised:
        clean_email("ädä@mail.example")
    assert raised.value.code == "not_ascii"


@pytest.mark.parametrize(
    "local", ["=?utf-8?q?ada?=", "=?utf-8?q?=ff?=", "=?utf-8?b?YQpi?=", "x=?rot13?q?nqn?="]
)
def test_clean_email_takes_no_encoded_word(local: str) -> None:
    """The first would be mailed to ada@, the next ones stop the mail of everybody."""
    with pytest.raises(AddressError) as raised:
        clean_email(f"{local}@mail.example")
    assert raised.value.code == "invalid"


def test_clean_email_takes_no_header_injection() -> None:
    with pytest.raises(AddressError):
        clean_email("ada@mail.example\nBcc: all@mail.example")


@given(
    st.text("ab9.+_-'!\"(,: @\\é", min_size=1, max_size=70),
    st.sampled_from(["mail.example", "MAIL.example", "a_b.example", "localhost", "x..y", "-x.com"]),
)
def test_clean_email_takes_what_the_library_takes(local: str, domain: str) -> None:
    """Plain addresses are not asked of the library each time; the answer is the same."""

    def library() -> str | None:
        if not local.isascii():
            return None
        try:
            return validate_email(
                f"{local}@{domain}".strip(), check_deliverability=False, test_environment=True
            ).ascii_email
        except EmailNotValidError:
            return None

    try:
        assert clean_email(f"{local}@{domain}") == library()
    except AddressError:
        assert library() is None
