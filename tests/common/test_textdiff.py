from __future__ import annotations

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
