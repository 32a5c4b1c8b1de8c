"""Marks that copy out of a PDF once, although Typst says their syllable twice.

Typst 0.15 draws a glyph that is raised or lowered (an Indic vowel sign, an Arabic shadda) as a text
of its own, and lets both it and the letter that it belongs to stand for the whole syllable. Here
the texts get an /ActualText (PDF 32000-1, 14.9.4) by which together they say it once.
"""

import io
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import Any, NamedTuple

import pikepdf

from deliveries.print.isolates import is_right_to_left
from deliveries.print.spelled import Glyphs, read_glyphs, spelled

# Devanagari to Myanmar, Khmer.
_MARKED = re.compile("[\u0300-\u036f\u0900-\u109f\u1780-\u17ff]")
_MAPPING = re.compile(rb"<(\w{4})>\s*<(\w+)>")
_LINE = re.compile(rb"1 0 0 -1 \S+ (\S+) cm")
# How far from the line, in em, a mark may be drawn.
_REACH = 0.9
# Readings double with each doubtful joint.
_JOINTS = 6

Mapping = dict[bytes, str]
Instructions = Sequence[Any]  # of operands and operator


class Text(NamedTuple):
    """A text of a page: what its glyphs stand for, how it is drawn, and where it is written: the
    numbers of its first and last instruction."""

    syllables: list[str]
    y: float
    size: float
    first: int
    last: int

    @property
    def said(self) -> str:
        return "".join(self.syllables)

    def touches(self, other: "Text") -> bool:
        """Drawn off the other's line, but not as far as another line."""
        return 0 < abs(self.y - other.y) < _REACH * self.size


def say_marks_once(pdf: bytes, text: str, type_pt: float) -> bytes:
    """`pdf` by Typst, mended where `text`, which it holds, has such marks or turned letters."""
    if not (_MARKED.search(text) or is_right_to_left(text)):
        return pdf
    known: dict[tuple[int, int], tuple[Mapping, Glyphs]] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            fonts: dict[str, Mapping] = {}
            glyphs: dict[str, Glyphs] = {}
            for name, font in page.Resources.get("/Font", {}).items():
                if font.objgen not in known:
                    mapping = read_mapping(font)
                    known[font.objgen] = mapping, read_glyphs(font, mapping)
                fonts[name], glyphs[name.removeprefix("/")] = known[font.objgen]
            has_raised = any(map(has_marks, fonts.values()))
            has_turned = any(each.turned for each in glyphs.values())
            if not has_raised and not has_turned:
                continue
            written = page.Contents.read_bytes()
            content = spelled(written, glyphs) if has_turned else written
            if content != written:
                page.Contents = document.make_stream(content)
            if has_raised and is_uneven(content, type_pt):
                parsed = mended(pikepdf.parse_content_stream(page), fonts, text)
                page.Contents = document.make_stream(pikepdf.unparse_content_stream(parsed))
        target = io.BytesIO()
        document.save(target, deterministic_id=True)
    return target.getvalue()


def has_marks(mapping: Mapping) -> bool:
    return any(len(text) > 1 and _MARKED.search(text) for text in mapping.values())


def is_uneven(content: bytes, type_pt: float) -> bool:
    """Whether texts may be drawn off their line; a quick look before the thorough one."""
    lines = map(float, _LINE.findall(content))
    return any(0 < abs(one - other) < _REACH * type_pt for one, other in pairwise(lines))


def read_mapping(font: pikepdf.Object) -> Mapping:
    """Which text each glyph (two bytes) stands for, from the font's ToUnicode."""
    return {
        bytes.fromhex(glyph.decode()): bytes.fromhex(text.decode()).decode("utf-16-be")
        for glyph, text in _MAPPING.findall(font.ToUnicode.read_bytes())
    }


def mended(content: Instructions, fonts: dict[str, Mapping], text: str) -> Instructions:
    """`content` with texts that together say what stands in `text`."""
    texts = list(read_texts(content, fonts))
    parts: list[Any] = []
    done = 0
    start = 0
    for end in range(1, len(texts) + 1):
        if end < len(texts) and texts[end].touches(texts[end - 1]):
            continue
        group = texts[start:end]
        if len(group) > 1:
            beside = texts[start - 1 : start], texts[end : end + 1]
            for member, words in zip(group, words_of(group, *beside, text), strict=True):
                if words is not None:
                    parts += [*content[done : member.first], *saying(words, content, member)]
                    done = member.last + 1
        start = end
    return [*parts, *content[done:]]


def words_of(
    group: list[Text], before: list[Text], after: list[Text], text: str
) -> list[str | None]:
    """What each text of the group shall say, the first everything; None where it says the right
    thing, as what runs from right to left does (`spelled`)."""
    if any(is_right_to_left(member.said) for member in group):
        return [None] * len(group)
    lead = "".join(each.said for each in before if each.y == group[0].y)
    follow = "".join(each.said for each in after if each.y == group[-1].y)
    spellings = list(spellings_of(group))
    whole = next((each for each in spellings if lead + each + follow in text), spellings[-1])
    return [whole, *([""] * (len(group) - 1))]


def spellings_of(group: list[Text]) -> Iterator[str]:
    """Readings of the group, the longest first: a syllable that ends one text and begins the next
    may be one (drawn in two) or two."""
    joints = [
        index
        for index, (one, other) in enumerate(pairwise(group), 1)
        if one.syllables[-1] == other.syllables[0] and len(other.syllables[0]) > 1
    ][:_JOINTS]
    for twice in product((True, False), repeat=len(joints)):
        once = {index for index, is_twice in zip(joints, twice, strict=True) if not is_twice}
        yield "".join(
            "".join(member.syllables[1:] if index in once else member.syllables)
            for index, member in enumerate(group)
        )


def saying(words: str, content: Instructions, member: Text) -> Iterator[Any]:
    """The text's instructions, wrapped in its words in place of those within."""
    speech = pikepdf.Dictionary(ActualText=b"\xfe\xff" + words.encode("utf-16-be"))
    yield pikepdf.ContentStreamInstruction([pikepdf.Name.Span, speech], pikepdf.Operator("BDC"))
    for operands, operator in content[member.first : member.last + 1]:
        if _says_itself(operands):
            operands[1] = pikepdf.Dictionary()
        yield pikepdf.ContentStreamInstruction(operands, operator)
    yield pikepdf.ContentStreamInstruction([], pikepdf.Operator("EMC"))


def read_texts(content: Instructions, fonts: dict[str, Mapping]) -> Iterator[Text]:
    """Each text object (BT … ET) that has glyphs."""
    mapping: Mapping = {}
    y = size = 0.0
    first = 0
    syllables: list[str] = []
    spoken = 0  # how many marked contents are open since one that says its own text
    for number, (operands, operator) in enumerate(content):
        match str(operator):
            case "cm":
                y = float(operands[5])
            case "BT":
                first, syllables = number, []
            case "Tf":
                mapping, size = fonts[str(operands[0])], float(operands[1])
            case "BDC" | "BMC" if spoken or _says_itself(operands):
                if not spoken:
                    syllables.append(str(operands[1].ActualText))
                spoken += 1
            case "EMC" if spoken:
                spoken -= 1
            case "Tj" | "TJ" if not spoken:
                syllables += _spelled(operands[0], mapping)
            case "ET" if syllables:
                yield Text(syllables, y, size, first, number)


def _says_itself(operands: Sequence[Any]) -> bool:
    is_marked_content = len(operands) == 2 and isinstance(operands[1], pikepdf.Dictionary)
    return is_marked_content and "/ActualText" in operands[1]


def _spelled(shown: Any, mapping: Mapping) -> Iterator[str]:
    strings = shown if isinstance(shown, pikepdf.Array) else [shown]
    for string in strings:
        if isinstance(string, pikepdf.String):
            glyphs = bytes(string)
            for at in range(0, len(glyphs), 2):
                yield mapping.get(glyphs[at : at + 2], "")
