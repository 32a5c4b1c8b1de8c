from __future__ import annotations

import pytest
from django import forms
from django.utils.translation import override
from django_countries import countries
from pytest_django.asserts import assertHTMLEqual

from signatories.forms import CountrySelect


@pytest.mark.parametrize("value", ["FR", "", None])
def test_country_list_is_drawn_as_django_would(value: str | None) -> None:
    attrs = {"id": "id_country", "required": True}
    with override("fr"):
        plain = forms.Select(choices=[("", "—"), *countries]).render("country", value, attrs)
        assert "Allemagne" in plain
        assertHTMLEqual(CountrySelect().render("country", value, attrs), plain)


def test_country_list_shows_no_code_that_it_does_not_know() -> None:
    assert "script" not in CountrySelect().render("country", "<script>")
