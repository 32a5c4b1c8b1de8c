import pytest

from common.charts import bars, columns, line, nice_top, percent


@pytest.mark.parametrize(
    ("most", "top"),
    [
        (0, 2),
        (1, 2),
        (3, 4),
        (5, 6),
        (7, 10),
        (11, 20),
        (99, 100),
        (101, 200),
        (950_000, 1_000_000),
    ],
)
def test_axis_ends_at_a_round_number_with_a_round_half(most: int, top: int) -> None:
    assert nice_top(most) == top
    assert top % 2 == 0


def test_columns_are_stacked_and_stay_within_the_drawing() -> None:
    first, second = columns([("a", (1, 2)), ("b", (0, 0))], top=4)
    assert [(part.y, part.height) for part in first.segments] == [("75%", "25%"), ("25%", "50%")]
    assert (first.x, first.width) == ("6.25%", "37.5%")
    assert second.x == "56.25%"


def test_line_goes_from_edge_to_edge() -> None:
    assert line([1, 2], 4) == "0,75 100,50"
    assert line([1], 4) == "0,75 100,75"


def test_shares_are_of_the_whole() -> None:
    assert [(bar.width, bar.share) for bar in bars([("a", 2), ("b", 1)], 8)] == [
        ("100%", 25),
        ("50%", 12),
    ]
    assert bars([("a", 0)])[0].width == "0%"
    assert percent(1, 3) == "33.3333%"
