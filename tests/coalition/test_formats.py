"""Numbers, dates and times as each language writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import date
from django.utils.translation import override

MOMENT = datetime(2026, 11, 2, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "number", "day", "moment"),
    [
        ("en", "10,560", "2 November 2026", "2 November 2026, 16:05"),
        ("fr", "10\u202f560", "2 novembre 2026", "2 novembre 2026 16:05"),
        ("de", "10.560", "2. November 2026", "2. November 2026 16:05"),
        ("es", "10.560", "2 de noviembre de 2026", "2 de noviembre de 2026 a las 16:05"),
        ("ar", "10,560", "2 نوفمبر 2026", "2 نوفمبر 2026، 16:05"),
    ],
)
def test_numbers_and_dates_are_written_as_in_the_language(
    language: str, number: str, day: str, moment: str
) -> None:
    with override(language):
        assert intcomma(10_560) == number
        assert date(MOMENT, "DATE_FORMAT") == day
        assert date(MOMENT, "DATETIME_FORMAT") == moment
