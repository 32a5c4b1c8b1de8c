"""The demo's texts and invented people, without a database."""

import re
import time
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django_countries import countries

from coalition.demo.cultures import load_cultures
from coalition.demo.famous import is_famous
from coalition.demo.files import read_toml
from coalition.demo.plans import Plan, load_plans
from coalition.demo.submission import Submission
from coalition.demo.submissions import invent_submissions
from coalition.demo.texts import load_text
from common.canonical import clean_email
from common.markdown import render_markdown
from common.names import clean_line, clean_name, clean_text, name_key
from letters.models import Translation
from signatories.models import RejectionReason, Signature
from verification.signals import any_holds, signals_of

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PLANS = {plan.slug: plan for plan in load_plans()}
STATEMENT = "statement-on-training"
SCRIPTS = {
    *("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "TAMIL", "BENGALI"),
    *("THAI", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "ARMENIAN", "GEORGIAN"),
}
TEXTS = [(plan.slug, language) for plan in PLANS.values() for language in plan.languages]


@pytest.fixture(scope="module")
def cast() -> dict[str, list[Submission]]:
    begun = time.perf_counter()
    made = {slug: invent_submissions(plan, seed=1, now=NOW) for slug, plan in PLANS.items()}
    print(f"invented {sum(map(len, made.values())):,} in {time.perf_counter() - begun:.1f} s")
    return made


def _everybody(cast: dict[str, list[Submission]]) -> list[Submission]:
    return [row for rows in cast.values() for row in rows]


def _counted(rows: list[Submission], capacity: str = "personal") -> list[Submission]:
    return [row for row in rows if row.status == "counted" and row.capacity == capacity]


@pytest.mark.parametrize(("slug", "language"), TEXTS)
def test_text_is_complete_and_set_with_care(slug: str, language: str) -> None:
    text = load_text(slug, language)
    for name in ("title", "addressee", "summary", "share_text"):
        assert len(getattr(text, name)) <= (Translation._meta.get_field(name).max_length or 0)
    assert text.title
    assert text.summary
    assert text.share_text
    whole = f"{text.title}\n{text.summary}\n{text.share_text}\n{text.body_markdown}"
    assert "'" not in whole
    assert '"' not in whole
    if language == "fr":
        assert re.findall(r"(?<!\u202f)[;!?»]|«(?!\u202f)|(?<![\u00a0\d]):", whole) == []
    html = render_markdown(text.body_markdown)
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "h2", "h3", "ol", "ul", "li", "strong", "em"}


def test_texts_have_the_lengths_of_their_occasions() -> None:
    words = {slug: len(load_text(slug, "en").body_markdown.split()) for slug in PLANS}
    assert 400 <= words["creators-coalition-on-ai"] <= 500
    assert 800 <= words["ostp-ai-copyright"] <= 1000
    assert load_text(STATEMENT, "en").body_markdown.count(".") == 1


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_each_state_has_exactly_its_number(plan: Plan, cast: dict[str, list[Submission]]) -> None:
    rows = cast[plan.slug]
    assert len(rows) == plan.received
    assert len(_counted(rows)) == plan.people
    assert len(_counted(rows, "organisation")) == plan.organisations
    states = Counter(row.status for row in rows)
    del states["counted"]
    assert states == {
        "unconfirmed": plan.unconfirmed,
        "repeated": plan.repeated,
        "held": plan.held,
        "withdrawn": plan.withdrawn,
        "rejected": sum(plan.rejected.values()),
    }
    reasons = Counter(row.rejection_reason for row in rows if row.status == "rejected")
    assert reasons == plan.rejected
    assert set(plan.rejected) == set(RejectionReason.values)
    assert sum(not row.show_name for row in _counted(rows)) == plan.anonymous
    assert 0 < sum(not row.consent_government for row in _counted(rows)) < plan.people / 4


def test_totals_are_those_of_the_three_occasions() -> None:
    assert {slug: (plan.people, plan.organisations) for slug, plan in PLANS.items()} == {
        "creators-coalition-on-ai": (500, 0),
        "ostp-ai-copyright": (430, 0),
        STATEMENT: (10500, 60),
    }


@pytest.mark.parametrize("slug", PLANS)
def test_featured_are_ranked_and_public(slug: str, cast: dict[str, list[Submission]]) -> None:
    featured = [row for row in cast[slug] if row.featured_rank is not None]
    ranks = sorted(row.featured_rank or 0 for row in featured)
    assert ranks == list(range(1, len(featured) + 1))
    assert 8 <= len(featured) <= 12
    assert all(row.status == "counted" and row.show_name and row.consent_web for row in featured)


def test_signatures_are_the_same_for_the_same_seed(cast: dict[str, list[Submission]]) -> None:
    plan = PLANS["ostp-ai-copyright"]
    assert invent_submissions(plan, seed=1, now=NOW) == cast[plan.slug]
    assert invent_submissions(plan, seed=2, now=NOW) != cast[plan.slug]
    later = invent_submissions(plan, seed=1, now=NOW + timedelta(days=100, hours=7))
    assert Counter(row.name for row in later) == Counter(row.name for row in cast[plan.slug])


def test_names_pass_the_sign_form_and_fit_their_columns(cast: dict[str, list[Submission]]) -> None:
    limits = {
        name: Signature._meta.get_field(name).max_length or 0
        for name in ("name", "organisation_name", "role_title", "affiliation", "city", "comment")
    }
    for row in _everybody(cast):
        assert clean_name(row.name) == row.name
        for name in ("organisation_name", "role_title", "affiliation", "city"):
            assert clean_line(getattr(row, name)) == getattr(row, name)
        assert clean_text(row.comment) == row.comment
        assert clean_email(row.email) == row.email
        assert row.email.endswith(".example")
        for name, limit in limits.items():
            assert len(getattr(row, name)) <= limit
        assert row.country == "" or row.country in countries


def test_names_are_in_every_script(cast: dict[str, list[Submission]]) -> None:
    letters = Counter(
        unicodedata.name(letter).split()[0]
        for row in _counted(cast[STATEMENT])
        for letter in set(row.name)
        if letter.isalpha()
    )
    # A few letters more have script names of their own, such as the iteration mark 々.
    assert set(letters) >= SCRIPTS - {"HIRAGANA", "KATAKANA"}
    shown = "".join(f"{row.name}{row.role_title}" for row in _counted(cast[STATEMENT]))
    assert {unicodedata.name(c).split()[0] for c in shown if c.isalpha()} >= SCRIPTS


def test_names_seldom_repeat(cast: dict[str, list[Submission]]) -> None:
    names = Counter(row.name for row in _counted(cast[STATEMENT]))
    assert sum(times - 1 for times in names.values()) < 30


def test_names_that_pages_find_hard_are_there(cast: dict[str, list[Submission]]) -> None:
    names = [row.name for row in _counted(cast[STATEMENT])]
    assert max(map(len, names)) > 90
    assert sum(" " not in name and name.isascii() for name in names) >= 3
    assert sum("’" in name for name in names) > 100
    assert any("🎬" in row.comment for row in _counted(cast[STATEMENT]))


def test_nobody_carries_a_famous_name(cast: dict[str, list[Submission]]) -> None:
    assert is_famous("Virginia M. Woolf")
    assert is_famous("BENEDICT CUMBERBATCH")
    assert is_famous("Oscar Fingal Wilde")
    assert not is_famous("Virginia Wool")
    assert [row.name for row in _everybody(cast) if is_famous(row.name)] == []


def test_held_signatures_have_a_cause(cast: dict[str, list[Submission]]) -> None:
    for plan in PLANS.values():
        for row in cast[plan.slug]:
            details = {
                n: getattr(row, n) for n in ("email", "name", "organisation_name", "comment")
            }
            holds = any_holds(signals_of(details)) or row.capacity == "organisation"
            if row.status == "counted" and row.capacity == "personal":
                assert not holds, row
            if row.status == "held" and plan.review_policy == "publish":
                assert holds or row.decided_at is not None, row


def test_times_follow_each_other_and_are_past(cast: dict[str, list[Submission]]) -> None:
    for row in _everybody(cast):
        times = (row.created_at, row.confirmation_sent_at, row.confirmed_at)
        passed = [t for t in (*times, row.decided_at, row.withdrawn_at) if t is not None]
        assert passed == sorted(passed)
        assert passed[-1] <= NOW


def test_launch_is_the_busiest_day(cast: dict[str, list[Submission]]) -> None:
    days = Counter(row.created_at.date() for row in cast[STATEMENT])
    ordered = days.most_common(2)
    launch = NOW.date() - timedelta(days=PLANS[STATEMENT].opens_day)
    assert {day for day, _ in ordered} == {launch, launch + timedelta(days=1)}
    assert len(days) > 30


def test_only_asked_fields_are_filled(cast: dict[str, list[Submission]]) -> None:
    optional = {"role_title", "affiliation", "country", "city", "comment"}
    for plan in PLANS.values():
        filled = {name for row in cast[plan.slug] for name in optional if getattr(row, name)}
        assert filled == set(plan.fields)


def test_name_lists_have_no_doubles() -> None:
    for culture in load_cultures().values():
        for half in (culture.women, culture.men):
            for names in (half.given, half.family, half.roles):
                assert len(names) == len(set(names)), culture.key


def test_organisations_are_sixty_different_ones() -> None:
    rows = read_toml("organisations")["organisations"]
    assert len(rows) == 60
    assert len({name_key(row[0]) for row in rows}) == 60
    assert len({row[1] for row in rows}) == 60
