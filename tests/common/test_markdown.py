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
