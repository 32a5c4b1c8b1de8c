from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.textdiff import Piece, word_diff


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("same", "same", [Piece("same", "same")]),
        (
            "We ask for better paper.",
            "We ask for free paper.",
            [
                Piece("same", "We ask for "),
                Piece("removed", "better"),
                Piece("added", "free"),
                Piece("same", " paper."),
            ],
        ),
        (
            "It earns little.",
            "We ask a lot.",
            [Piece("removed", "It earns little"), Piece("added", "We ask a lot")]
            + [Piece("same", ".")],
        ),
        (
            "one two\n\nend",
            "one 2\n\nend",
            [Piece("same", "one "), Piece("removed", "two"), Piece("added", "2")]
            + [Piece("same", "\n\nend")],
        ),
        ("", "رسالة عن الورق", [Piece("added", "رسالة عن الورق")]),
    ],
)
def test_words_are_compared(old: str, new: str, expected: list[Piece]) -> None:
    assert word_diff(old, new) == expected


@given(st.text(), st.text())
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


def test_long_texts_are_compared_within_a_moment() -> None:
    """Anybody may open the page of changes; word by word, each of these took minutes."""
    words = [f"w{n % 97}" for n in range(8000)]
    text = "\n".join(" ".join(words[n : n + 80]) for n in range(0, len(words), 80))
    began = time.process_time()
    pieces = word_diff(text, text.replace("w5 w6", "w5 and w6"))
    assert {piece.text.strip() for piece in pieces if piece.kind != "same"} == {"and"}
    for old, new in (
        (text, " ".join(reversed(words))),
        ("a b " * 15_000, "b a " * 15_000),
        ("\n" * 60_000, "a\n" * 30_000),
    ):
        word_diff(old, new)
    assert time.process_time() - began < 5
