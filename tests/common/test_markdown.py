import time

import pytest

from common.markdown import render_markdown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://tracker.example/pixel.png)",
        "<iframe src=https://x.example></iframe>",
        "[x](vbscript:x)",
    ],
)
def test_nothing_active_and_nothing_loaded_gets_through(text: str) -> None:
    html = render_markdown(text)
    for bad in ("<script", "<img", "<iframe", 'href="javascript', 'href="data', 'href="vb'):
        assert bad not in html


def test_letters_markup_is_kept() -> None:
    html = render_markdown("## Head\n\n*a* **b**\n\n1. one\n\n> said\n\n[us](https://x.example)")
    assert html.count("<h2>") == 1
    assert '<a href="https://x.example" rel="noopener nofollow">us</a>' in html
    assert "<blockquote>" in html


@pytest.mark.parametrize("mark", ['"', "[", "![", "*a_ ", "[](", "[a](<b"])
def test_text_of_nothing_but_marks_is_shown_as_it_is_within_a_moment(mark: str) -> None:
    text = (mark * 60_000)[:60_000]
    began = time.process_time()
    html = render_markdown(f"# Title\n\n{text}")
    assert time.process_time() - began < 2
    assert html.startswith("<p># Title</p>")


def test_paragraph_with_many_marks_is_markdown_as_ever() -> None:
    html = render_markdown("- *one* “two” [three](https://x.example)\n" * 200)
    assert html.count("<em>one</em>") == 200
