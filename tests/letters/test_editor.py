"""Writing: preview, saving, and two who write at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from letters.models import Draft, Letter, Membership, Role, SetAside, User
from letters.services.save_draft import Conflict, save_draft
from tests.builders import a_coalition, a_letter, a_member
from tests.letters.conftest import EDIT, client_of, typed
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db
PREVIEW = "/organise/letters/a-draft/text/preview/en/"
HTMX = {"HX-Request": "true"}


def test_saving_is_a_revision_and_the_same_again_is_none(draft: Draft, editor: User) -> None:
    client = client_of(editor)
    data = typed(draft, title="On good paper", body_markdown="One.\r\n\r\nTwo.\r\n")
    assert client.post(EDIT, data).status_code == 303
    assert client.post(EDIT, data).status_code == 303
    draft.refresh_from_db()
    assert (draft.title, draft.body_markdown) == ("On good paper", "One.\n\nTwo.\n")
    assert (draft.revision, draft.edited_by) == (2, editor)


def test_form_that_saves_itself_gets_its_new_revision(draft: Draft, editor: User) -> None:
    answer = client_of(editor).post(EDIT, typed(draft, title="New"), headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Saved at" in page
    assert 'name="revision" value="2"' in page
    assert "<html" not in page


def test_second_writer_sees_both_texts_and_overwrites_nothing(draft: Draft, editor: User) -> None:
    other = client_of(a_member(draft.letter.coalition, Role.OWNER))
    assert client_of(editor).post(EDIT, typed(draft, title="First")).status_code == 303
    for headers in ({}, HTMX):
        answer = other.post(EDIT, typed(draft, title="Second"), headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "[removed: </span>First" in page
        assert "[added: </span>Second" in page
        assert str(editor) in page
    assert 'value="Second"' in other.post(EDIT, typed(draft, title="Second")).content.decode()
    draft.refresh_from_db()
    assert (draft.title, draft.revision) == ("First", 2)


@pytest.mark.parametrize(
    ("keep", "goes_on", "aside"), [("mine", "Second", "First"), ("theirs", "First", "Second")]
)
def test_loser_chooses_and_the_other_text_is_set_aside(
    draft: Draft, editor: User, keep: str, goes_on: str, aside: str
) -> None:
    owner = a_member(draft.letter.coalition, Role.OWNER)
    client_of(editor).post(EDIT, typed(draft, title="First"))
    client = client_of(owner)
    data = typed(draft, title="Second", keep=keep, over=2)
    assert client.post(EDIT, data).status_code == 303
    draft.refresh_from_db()
    assert draft.title == goes_on
    kept = SetAside.objects.get()
    assert (kept.title, kept.body_markdown) == (aside, draft.body_markdown)
    assert kept.author == (editor if keep == "mine" else owner)
    assert aside in client.get(EDIT).content.decode()


def test_choice_over_a_text_that_changed_again_is_another_conflict(
    draft: Draft, editor: User
) -> None:
    client_of(editor).post(EDIT, typed(draft, title="First"))
    draft.refresh_from_db()
    client_of(editor).post(EDIT, typed(draft, title="Third"))
    owner = client_of(a_member(draft.letter.coalition, Role.OWNER))
    answer = owner.post(EDIT, typed(draft, title="Second", revision=1, keep="mine", over=2))
    assert answer.status_code == 409
    assert "Third" in answer.content.decode()
    assert not SetAside.objects.exists()


def test_service_names_the_text_that_won(draft: Draft, editor: User) -> None:
    texts = {**draft.written(), "title": "First"}
    save_draft(letter=draft.letter, language="en", base=1, texts=texts, actor=editor)
    with pytest.raises(Conflict) as conflict:
        save_draft(letter=draft.letter, language="en", base=1, texts=draft.written(), actor=editor)
    assert (conflict.value.draft.title, conflict.value.draft.edited_by) == ("First", editor)


def test_words_typed_into_a_draft_that_is_gone_are_given_back(draft: Draft, editor: User) -> None:
    draft.delete()
    data = typed(draft, body_markdown="All my words")
    answer = client_of(editor).post(EDIT, data)
    assert answer.status_code == 409
    assert "All my words" in answer.content.decode()
    part = client_of(editor).post(EDIT, data, headers=HTMX)
    assert part.status_code == 409
    assert "published or discarded meanwhile" in part.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_words_of_who_is_removed_while_saving_are_given_back(
    draft: Draft, editor: User, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    def removed_first(**wanted: Any) -> Draft:
        Membership.objects.filter(user=editor).delete()
        return save_draft(**wanted)

    monkeypatch.setattr("letters.views.editor.save_draft", removed_first)
    data = typed(draft, body_markdown="All my words")
    answer = client_of(editor).post(EDIT, data, headers=headers)
    assert answer.status_code == 403
    assert "Your role no longer allows this. Nothing was changed." in answer.content.decode()
    assert ("All my words" in answer.content.decode()) is not bool(headers)  # htmx leaves the form
    draft.refresh_from_db()
    assert draft.revision == 1


def test_too_long_a_text_is_not_saved_and_kept_in_the_form(draft: Draft, editor: User) -> None:
    data = typed(draft, title="x" * 201, body_markdown="Precious")
    answer = client_of(editor).post(EDIT, data)
    assert answer.status_code == 422
    assert "Precious" in answer.content.decode()
    assert client_of(editor).post(EDIT, data, headers=HTMX).status_code == 422
    draft.refresh_from_db()
    assert draft.revision == 1


# --- Preview -------------------------------------------------------------------------------------
NASTY = [
    "<script>alert(1)</script>",
    "<iframe src=https://x.example></iframe>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<!-- a comment --><!--> <script>alert(1)</script> -->",
    "<a href=x onclick=alert(1) style=color:red>x</a>",
    "[x]: javascript:alert(1)\n\n[x]",
    "`<script>`\n\n```html\n<script>alert(1)</script>\n```",
]
FORBIDDEN = (
    "<script",
    "<iframe",
    "<img",
    "<!--",
    "onerror=alert(1)>",
    'href="javascript',
    'href="data',
)


@pytest.mark.parametrize("text", NASTY)
def test_nothing_active_comes_out_of_the_preview_or_the_public_page(
    draft: Draft, editor: User, text: str
) -> None:
    client = client_of(editor)
    data = typed(draft, title=text[:200], body_markdown=text)
    made = client.post(PREVIEW, data).content.decode()
    assert [bad for bad in FORBIDDEN if bad in made.lower()] == []
    client.post(EDIT, data)
    seen = client.get("/organise/letters/a-draft/publish/").context["seen"]
    assert client.post("/organise/letters/a-draft/publish/", {"seen": seen}).status_code == 303
    page = Client().get("/letters/a-draft/").content.decode()
    start = page.index('<h1 class="letter-title"')
    shown = page[start : page.index('<aside class="signbar"')].lower()
    assert [bad for bad in FORBIDDEN if bad in shown] == []


@pytest.mark.parametrize(
    "nested", [">" * 5000, "- " * 3000 + "x", "[" * 5000, "*" * 9999, "![" * 4000]
)
def test_huge_nesting_ends_quickly(draft: Draft, editor: User, nested: str) -> None:
    answer = client_of(editor).post(PREVIEW, typed(draft, body_markdown=nested))
    assert answer.status_code == 200


def test_preview_is_the_public_page_s_own_markup_and_saves_nothing(
    draft: Draft, editor: User
) -> None:
    client = client_of(editor)
    body = "## Why\n\nBecause *paper* lasts."
    made = client.post(PREVIEW, typed(draft, body_markdown=body)).content.decode()
    public = "<h2>Why</h2>\n<p>Because <em>paper</em> lasts.</p>\n</div>"
    assert public in made
    page = client.post(EDIT, typed(draft, body_markdown=body, preview="yes")).content.decode()
    assert public in page
    draft.refresh_from_db()
    assert draft.revision == 1


# --- Languages -----------------------------------------------------------------------------------
def test_translation_is_written_beside_the_authoritative_text(draft: Draft, editor: User) -> None:
    client = client_of(editor)
    answer = client.post("/organise/letters/a-draft/text/languages/", {"language": "ar"})
    assert answer["Location"] == f"{EDIT}ar/"
    page = client.get(f"{EDIT}ar/").content.decode()
    assert "We ask for <em>better</em> paper." in page
    assert 'lang="ar" dir="rtl"' in page
    assert draft.letter.drafts.count() == 2
    client.post("/organise/letters/a-draft/text/languages/", {"language": "ar"})
    assert draft.letter.drafts.count() == 2
    assert client.get(f"{EDIT}fr/").status_code == 404


def test_translation_is_removed_and_what_was_written_set_aside(draft: Draft, editor: User) -> None:
    Draft.objects.create(letter=draft.letter, language="fr", title="Sur le papier")
    client = client_of(editor)
    for language, left in (("fr", ["en"]), ("en", ["en"])):
        path = f"/organise/letters/a-draft/text/languages/{language}/remove/"
        assert client.post(path).status_code == 303
        assert [d.language for d in draft.letter.drafts.all()] == left
    assert SetAside.objects.get().title == "Sur le papier"
    actions = AuditEntry.objects.filter(letter=draft.letter).values_list("action", flat=True)
    assert list(actions) == ["drop_language"]


def test_language_that_does_not_exist_is_refused(draft: Draft, editor: User) -> None:
    client_of(editor).post("/organise/letters/a-draft/text/languages/", {"language": "tlh"})
    assert draft.letter.drafts.count() == 1


# --- Who -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", [EDIT, PREVIEW, "/organise/letters/a-draft/publish/"])
def test_stranger_and_viewer_stay_outside(draft: Draft, path: str) -> None:
    stranger = a_member(a_coalition("others"), Role.OWNER)
    viewer = a_member(draft.letter.coalition, Role.VIEWER)
    assert client_of(stranger).post(path, typed(draft)).status_code == 404
    assert client_of(viewer).post(path, typed(draft)).status_code == 403
    draft.refresh_from_db()
    assert draft.revision == 1


def test_draft_of_a_published_letter_changes_no_public_page(editor: User) -> None:
    letter: Letter = a_letter()
    client = client_of(editor)
    assert client.post("/organise/letters/a-letter/text/begin/").status_code == 303
    drafts = {d.language: d for d in letter.drafts.all()}
    assert set(drafts) == {"en", "fr", "ar"}
    path = "/organise/letters/a-letter/text/edit/"
    client.post(path, typed(drafts["en"], title="A secret title"))
    for public in ("/", "/letters/a-letter/", "/letters/a-letter/versions/"):
        assert "secret" not in Client().get(public).content.decode()
    assert client.post("/organise/letters/a-letter/text/languages/fr/remove/").status_code == 303
    assert letter.drafts.count() == 3
    assert client.post("/organise/letters/a-letter/text/discard/").status_code == 303
    assert letter.drafts.count() == 0
