"""Markdown of letters to safe HTML, made once when it is shown or printed."""

import re

import nh3
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
    ["replacements", "smartquotes"]
)
_as_it_is = MarkdownIt("zero")
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n")
_MARKS = re.compile(r"""[\[\]*_`"'<!&\\]""")
# In one paragraph, many times what a letter has. Their pairs are sought in a time that grows with
# the square: a text of quotation marks alone kept a server busy for half a minute.
MOST_MARKS = 2_000
_TAGS = {
    *("p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "hr"),
    *("h2", "h3", "h4", "h5", "h6", "code", "pre"),
}


def render_markdown(text: str) -> str:
    """HTML of a letter's text: no raw HTML, no picture, links to http, https and mailto only. A
    text with a paragraph of more than MOST_MARKS marks is shown as it is."""
    heavy = any(len(_MARKS.findall(part)) > MOST_MARKS for part in _PARAGRAPHS.split(text))
    return nh3.clean(
        (_as_it_is if heavy else _parser).render(text),
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )


def plain_text(text: str) -> str:
    """The same words without marks: blocks apart, items of a list after a dash."""
    blocks: list[str] = []
    begin = ""
    for token in _parser.parse(text):
        if token.type == "list_item_open":
            begin = "– "
        elif token.type == "inline":
            words = (
                " " if each.type.endswith("break") else each.content
                for each in token.children or ()
            )
            blocks.append(begin + "".join(words))
            begin = ""
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.rstrip())
    return "\n\n".join(blocks)
