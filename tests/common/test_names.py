from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.names import (
    TextError,
    clean_line,
    clean_name,
    clean_text,
    is_sorted_its_own_way,
    letter_key,
    name_key,
    sort_key,
)

NAMES = [
    "Ada Example",
    "José Nuñez-Übelhör",
    "Nguyễn Thị Ánh",
    "O’Brien",
    "D'Arcy",
    "Иван Петров",
    "Ελένη Παπαδοπούλου",
    "أحمد المصري",
    "דוד כהן",
    "प्रिया शर्मा",
    "สมชาย ใจดี",
    "王小明",
    "山田太郎",
    "김민준",
    "Madonna",
    "J. R. R. Example",
    "J.R.R. Example",
    "Oliver St.John",
    "Dr.med. Eva Muster",
    "Ng\u1ed9\u0323 Example",
    "न्द्रीय शर्मा",
    "می‌خواهم",
]


@pytest.mark.parametrize("name", NAMES)
def test_clean_name_keeps_names_of_every_script(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ada\u202eadA", "control"),
        ("Ada\u200bExample", "control"),
        ("Ada\x07", "control"),
        ("Ada\nExample", "control"),
        ("Ada\ud800", "control"),
        ("<b>Ada</b>", "markup"),
        ("Ada &amp; Eve", "markup"),
        ("[Ada](x)", "markup"),
        ("https://x.example", "url"),
        ("buy.example.com", "url"),
        ("ada@x.example", "url"),
        ("Claim it at bit.ly/3xyz", "url"),
        ("visit evil.io", "url"),
        ("visit evil.com.", "url"),
        ("Win it at EVIL.COM now", "url"),
        ("example\uff0ecom", "url"),
        ("\u3164", "control"),
        ("Poet \ufffd", "control"),
        ("\u115f\u1160", "control"),
        ("Tom\u200cHanks", "control"),
        ("Ada\ufe0f", "symbol"),
        ("Ada\u034f Example", "control"),
        ("ก" + "\u0e48" * 8, "marks"),
        ("a\u0301\u0302\u0303\u0304\u0305", "marks"),
        ("😀 Ada", "symbol"),
        ("123", "no_letter"),
        ("\u0301", "no_letter"),
    ],
)
def test_clean_name_refuses_with_the_reason(text: str, code: str) -> None:
    with pytest.raises(TextError) as raised:
        clean_name(text)
    assert raised.value.code == code


def test_clean_line_normalises_to_nfc_and_single_spaces() -> None:
    assert clean_line("  Zoe\u0308   X ") == "Zoë X"


def test_clean_text_keeps_line_breaks_and_emoji() -> None:
    assert clean_text("Paper 😀\r\nmatters.") == "Paper 😀\nmatters."


@given(st.text(max_size=200))
def test_cleaners_give_clean_text_or_refuse_by_name(text: str) -> None:
    for cleaner in (clean_line, clean_name, clean_text):
        with suppress(TextError):
            cleaned = cleaner(text)
            assert cleaner(cleaned) == cleaned
            assert not set("<>\x00\u202e\u2066") & set(cleaned)


def in_order(language: str, *names: str) -> list[str]:
    return sorted(names, key=lambda name: sort_key(name, language))


def test_sort_key_orders_as_readers_of_the_language_do() -> None:
    names = ["Zoë", "eve", "Émile", "Иван", "Ángel", "أحمد", "张伟"]
    latin_first = ["Ángel", "Émile", "eve", "Zoë", "Иван", "أحمد", "张伟"]
    for language in ("en", "en-gb", "fr", "xx"):
        assert in_order(language, *names) == latin_first
    assert in_order("ar", *names)[0] == "أحمد"
    assert in_order("zh-hans", *names)[0] == "张伟"
    assert in_order("sv", "Örjan", "Zoë", "Åsa", "Ola") == ["Ola", "Zoë", "Åsa", "Örjan"]
    assert in_order("de", "Örjan", "Zoë", "Ola", "Ozu") == ["Ola", "Örjan", "Ozu", "Zoë"]
    assert in_order("es", "Ñora", "Nuria", "Nuño", "Núñez") == ["Núñez", "Nuño", "Nuria", "Ñora"]


def test_a_letter_of_one_language_is_a_variant_in_another() -> None:
    assert letter_key("Å", "en") == letter_key("A", "en")
    assert letter_key("Å", "sv") != letter_key("A", "sv")
    assert is_sorted_its_own_way("sv")
    assert not is_sorted_its_own_way("fr")


def test_sort_key_is_bounded() -> None:
    assert len(sort_key("ǖ" * 500, "en")) <= 1024


def test_name_key_joins_spellings() -> None:
    assert name_key("The Zoë-Émile  Guild") == name_key("the zoe emile GUILD")
