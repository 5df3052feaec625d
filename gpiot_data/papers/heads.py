"""Rows -> headings: numbered, known by name, or set like those; small capitals and Roman numerals included.

A paper sets its headings in a few styles. Numbers that count up and names that every paper has ('References') show which; what
else stands alone in such a style is a heading too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gpiot_data.papers.layout import BODY_TOLERANCE_PT, Row

ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
MAX_HEAD_CHARS = 110
MAX_HEAD_ROWS = 3
MAX_HEAD_WORDS = 14
#: Headings without a number are this much larger than the text (points), where no other heading is set like them.
CLEARLY_LARGER_PT = 1.5
#: An emphasised heading in a font of its own may be this much smaller than the text (points).
MAX_OWN_DEFICIT_PT = 1.2

_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}(?:\.[A-Z0-9])?\.?|[A-Z]\.(?:\d{1,2}\.?)?|[A-F](?=\s))"
NUMBERED_HEAD = re.compile(rf"^(?P<number>{_NUMBER})\s+(?P<title>[A-Z\u201c\"'(\d].*|[a-z]+.*)$")
_SMALL_CAPS_FONT = re.compile(r"(?:-SC|SmallCaps|smcp)\w*$", re.IGNORECASE)
_TOP_NAMES = re.compile(
    r"(?:abstract|introduction|references|biographies|acknowledge?ments?|conclusions?|related works?|background|evaluation|methods|results|"
    r"summary|"
    r"ccs concepts|key ?words|index terms|appendix|bibliography|discussion)\W*",
    re.IGNORECASE,
)
_MAIN_NAMES = re.compile(r"(?:introduction|conclusions?|references|bibliography)\W*", re.IGNORECASE)
_LAST_NAMES = re.compile(r"(?:references|bibliography)\W*", re.IGNORECASE)
_FRONT_NAMES = re.compile(r"(?:abstract|summary|introduction|ccs concepts|key ?words)\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """How a row is set: its font, size in half points, emphasis, and whether its letters are all capitals."""

    font: str
    size: float
    emphasis: tuple[bool, bool, bool]
    capitals: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A heading of `rows` rows; `level` 1 is a top section."""

    number: str
    level: int
    rows: int


def find_heads(rows: Sequence[Row], size: float, fonts: frozenset[str]) -> dict[int, Head]:
    """Return the headings by the index of their first row.

    Args:
        rows: in reading order.
        size: of the body, in points.
        fonts: the names of those in which a good part of the text of body size is set.
    """
    styles = [_set_off_style(row, size, fonts) for row in rows]
    numbered = _numbered(rows, styles)
    named = {
        index
        for index, (row, style) in enumerate(zip(rows, styles, strict=True))
        if style and index not in numbered and _TOP_NAMES.fullmatch(row.text)
    }
    start = min([*numbered, *(index for index in named if _FRONT_NAMES.fullmatch(rows[index].text))], default=0)
    levels = _style_levels(rows, styles, numbered, named, size, fonts)
    heads: dict[int, Head] = {}
    end = max((index for index in named if _LAST_NAMES.fullmatch(rows[index].text)), default=len(rows))
    index = 0
    while index < len(rows):
        style = styles[index]
        known = index in numbered or index in named
        if style is None or not (known or (start < index < end and style in levels and _stands_alone(rows, styles, index))):
            index += 1
            continue
        number = numbered.get(index, "")
        count = _row_count(rows, styles, index)
        named_top = bool(numbered) and index in named
        level = heading_level(number, appendix=_in_arabic(numbered)) if number else 1 if named_top else levels[style]
        heads[index] = Head(number, level, count)
        index += count
    return heads


def heading_level(number: str, *, appendix: bool = False) -> int:
    """Return 1 for '3' or 'IV', 2 for '3.1', 'IV.A' or 'B', 3 for '3.1.2'; 1 for an unnumbered head.

    Args:
        number: as printed.
        appendix: letters number appendices, so that 'B' is 1 and 'B.1' is 2.
    """
    if re.fullmatch(r"[A-Z](\.\d{1,2})?", number) and not (number in ("I", "V", "X") and not appendix):
        # 'C' and 'D' are letters of subsections here, though Roman numerals too: papers seldom have 100 sections.
        return (1 if appendix else 2) + number.count(".")
    return 1 + number.count(".")


def _set_off_style(row: Row, size: float, fonts: frozenset[str]) -> Style | None:
    """Return the style of a row that is set unlike the text, in one style; None for a row of text, a label or a formula."""
    text = row.text
    if not 1 < len(text) <= MAX_HEAD_CHARS or text.endswith((",", ";")):
        return None
    longest = max(row.line.spans, key=lambda span: len(span.text))
    plain = longest.font in fonts and not (longest.bold or longest.italic) and longest.size < size + BODY_TOLERANCE_PT
    if plain and not text.isupper() and not any(span.small_caps for span in row.line.spans):
        return None
    letters = [span for span in row.line.spans if re.search(r"[A-Za-z]{2}", span.text)] or [
        span for span in row.line.spans if re.search(r"[A-Za-z]", span.text)
    ]
    title = re.sub(rf"^{_NUMBER}\s", "", text)
    if not letters or sum(char.isalpha() or char == " " for char in title) < 0.7 * len(title):
        return None
    own_font = all((span.bold or span.italic) and span.font not in fonts for span in letters)
    largest = max(span.size for span in row.line.spans if re.search(r"[A-Za-z]", span.text))
    if largest < size - (MAX_OWN_DEFICIT_PT if own_font else BODY_TOLERANCE_PT):
        return None
    first = max(letters, key=lambda span: len(span.text))
    small_caps = any(span.small_caps or _SMALL_CAPS_FONT.search(span.font) for span in letters)
    alike = all(span.bold for span in letters) or all((span.bold, span.italic) == (first.bold, first.italic) for span in letters)
    if not small_caps and not (alike and all(abs(span.size - first.size) < 0.6 for span in letters)):
        return None
    capitals = small_caps or (text.upper() == text and sum(char.isalpha() for char in text) > 4)
    larger = row.line.size > size + BODY_TOLERANCE_PT
    if not (first.bold or first.italic or larger or capitals or all(span.font not in fonts for span in letters)):
        return None
    big = max(span.size for span in row.line.spans) if small_caps else first.size
    return Style(first.font, round(big * 2) / 2, (first.bold, first.italic, small_caps), capitals)


def _numbered(rows: Sequence[Row], styles: Sequence[Style | None]) -> dict[int, str]:
    """Return the numbers of rows that are set off and whose numbers count up."""
    found: dict[int, str] = {}
    top = 0
    letter = ""
    behind = False
    for index, (row, style) in enumerate(zip(rows, styles, strict=True)):
        match = NUMBERED_HEAD.match(row.text) if style else None
        behind = behind or (style is not None and _LAST_NAMES.fullmatch(match["title"] if match else row.text) is not None)
        if match is None or row.cells > 2:
            continue
        number = match["number"].rstrip(".")
        if behind and number[0].isdigit() and not _LAST_NAMES.fullmatch(match["title"]):
            continue
        if not (_plausible(number, top, letter) and _well_titled(match["title"], number)):
            continue
        ordinal = _ordinal(number)
        # Letters begin again in every section with a Roman number.
        top, letter = (ordinal, "") if ordinal else (top, number[0])
        found[index] = number
    return found


def _well_titled(title: str, number: str) -> bool:
    """Tell a heading's title; one in lower case must have a letter before it ('A. implementation')."""
    return title[0].isupper() or not title[0].isalpha() or bool(re.match(r"[a-z]\w*[A-Z]", title)) or bool(re.fullmatch(r"[A-Z]", number))


def _ordinal(number: str) -> int | None:
    """Return 3 for '3', '3.1' and 'III'; None for a letter or no number."""
    first = number.split(".")[0]
    if first.isdigit():
        return int(first)
    return ROMAN.index(first) if number and first in ROMAN and not re.fullmatch(r"[A-H]", first) else None


def _plausible(number: str, top: int, letter: str) -> bool:
    """Tell a section's number from one in a drawing ('28 GHz radio'): sections count up, with few left out."""
    ordinal = _ordinal(number)
    if ordinal is None:
        return top > 0 and ord(number[0]) <= ord(letter or "@") + 2
    return top <= ordinal <= top + 2 if "." not in number else top <= ordinal <= top + 1


def _in_arabic(numbered: Mapping[int, str]) -> bool:
    return any(number[0].isdigit() for number in numbered.values())


def _style_levels(
    rows: Sequence[Row], styles: Sequence[Style | None], numbered: Mapping[int, str], named: set[int], size: float, fonts: frozenset[str]
) -> dict[Style, int]:
    """Return the styles of headings with the level that each stands for."""
    levels: dict[Style, int] = {}
    arabic = _in_arabic(numbered)
    for index in sorted(named, key=lambda index: (_MAIN_NAMES.fullmatch(rows[index].text) is None, index)):
        style = _of(styles, index)
        # 'Results' below 'EVALUATION' is no top section, though it is in other papers.
        below = not numbered and Style(style.font, style.size, style.emphasis, capitals=True) in levels and not style.capitals
        levels.setdefault(style, 2 if below else 1)
    for index, number in numbered.items():
        levels[_of(styles, index)] = heading_level(number, appendix=arabic)
    if numbered:
        return levels
    _add_unnumbered_levels(levels, rows, styles, size, fonts)
    return levels


def _add_unnumbered_levels(
    levels: dict[Style, int], rows: Sequence[Row], styles: Sequence[Style | None], size: float, fonts: frozenset[str]
) -> None:
    """Add the styles of lower headings of a paper without numbers.

    They are top headings in both cases instead of capitals; what is clearly larger than the text; and, on two pages or more, what
    has the typeface of a top heading.
    """
    tops = [style for style, level in levels.items() if level == 1]
    for style in tops:
        if style.capitals:
            levels.setdefault(Style(style.font, style.size, style.emphasis, capitals=False), 2)
    same = {style.font for style in tops} - fonts
    faces = {_typeface(style.font) for style in tops} - {_typeface(font) for font in fonts}
    pages: dict[Style, set[int]] = {}
    count: Counter[Style] = Counter()
    for index, (row, its) in enumerate(zip(rows, styles, strict=True)):
        if its and tops and its not in levels and _stands_alone(rows, styles, index):
            count[its] += 1
            pages.setdefault(its, set()).add(row.line.page)
    for found, seen in pages.items():
        related = count[found] > 1 and (found.font in same or (any(found.emphasis[:2]) and _typeface(found.font) in faces))
        if related or (found.size >= size + CLEARLY_LARGER_PT and len(seen) > 1):
            levels[found] = 2 if found.emphasis[0] or not related else 3


def _typeface(font: str) -> str:
    """Return the family in a font's name: 'Arial' of 'Arial-BoldMT'."""
    return re.split(r"[-,]|(?<=[a-z])(?:MT|PS)", font)[0]


def _of(styles: Sequence[Style | None], index: int) -> Style:
    style = styles[index]
    assert style is not None
    return style


def _stands_alone(rows: Sequence[Row], styles: Sequence[Style | None], index: int) -> bool:
    """Tell a heading from emphasised text: few rows in its style, with space above or another style before, and text below."""
    row, style = rows[index], styles[index]
    text = row.text
    titled = re.match(r"[A-Z\d\u201c(]", text) is not None and not text.endswith((".", "-", ":"))
    if not titled or row.cells > 1 or len(text) < 4 or len(text.split()) > MAX_HEAD_WORDS:
        return False
    if index and styles[index - 1] == style and _below(rows[index - 1], row):
        return False
    count = _row_count(rows, styles, index)
    after = rows[index + count] if index + count < len(rows) else None
    if count > MAX_HEAD_ROWS or after is None:
        return False
    begins = row.line.x0 - row.left < 3 or abs((row.line.x0 + row.line.x1) - (row.left + row.right)) < 6
    before = rows[index - 1] if index else None
    apart = before is None or not _below(before, row) or row.line.y0 - before.line.y1 > 0.2 * row.line.size
    return begins and apart and (after.line.y0 > row.line.y0 or after.line.page > row.line.page)


def _below(before: Row, row: Row) -> bool:
    """Tell whether a row follows in the same column, close by."""
    return before.line.page == row.line.page and 0 <= row.line.y0 - before.line.y0 < 2.2 * max(before.line.size, 6)


def _row_count(rows: Sequence[Row], styles: Sequence[Style | None], index: int) -> int:
    """Return how many rows a heading has: what goes on below it in its style and has no number of its own."""
    count = 1
    while index + count < len(rows) and count <= MAX_HEAD_ROWS:
        last, row = rows[index + count - 1], rows[index + count]
        style, own = styles[index + count], _of(styles, index)
        if style != own or not _below(last, row) or NUMBERED_HEAD.match(row.text) or row.line.y0 - last.line.y0 > 1.6 * row.line.size:
            break
        if _TOP_NAMES.fullmatch(row.text) or _TOP_NAMES.fullmatch(last.text):
            break
        count += 1
    return count
