"""Markdown of letters to safe HTML, made once when it is shown or printed."""

import nh3
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
    ["replacements", "smartquotes"]
)
_TAGS = {
    *("p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "hr"),
    *("h2", "h3", "h4", "h5", "h6", "code", "pre"),
}


def render_markdown(text: str) -> str:
    """HTML of a letter's text: no raw HTML, no picture, links to http, https and mailto only."""
    return nh3.clean(
        _parser.render(text),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
