"""Text that was extracted from a published PDF, without what the pages add to it."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import IO, NamedTuple

from services.lookup.guidelines.paragraphs import PAGE_END, Line, closed
from services.lookup.sources.errors import SourceError

_PAGE_NUMBER = re.compile(
    r"page \d{1,4}(?: of \d{1,4})?|revision date\b.{0,60}|(?:intro|[ivxl]+)-\d{1,3}", re.IGNORECASE | re.ASCII
)
_OF_PAGES = re.compile(r"page (\d{1,4}) of (\d{1,4})", re.IGNORECASE | re.ASCII)
# How many lines above and below a page's end may belong to its running head and foot.
_NEAR = 3


class Extracted(NamedTuple):
    """The lines of a book, PAGE_END standing between its pages, and the heads and feet of these."""

    lines: list[Line]
    page_lines: list[str]


def read_extracted(stream: IO[bytes], file: str) -> Extracted:
    """Read a text, its lines without blanks around them.

    Blanks that the extraction put into words and around hyphens are taken out again. Raises SourceError for bytes that
    are no text, a last line without its end, and a last page that is not there ("Page 7 of 9" is the last).
    """
    text = _text(stream.read(), file)
    # Not every extraction ends its last line.
    if not text.endswith(("\n", "\f")) and not closed(text.rstrip()):
        number = text.count("\n") + 1
        raise SourceError(file, number, "expected the end of a line or a sentence: the file looks cut")
    lines = [Line(number, part) for number, line in enumerate(text.split("\n"), 1) for part in _parts(line)]
    _check_last_page(lines, file)
    dropped = _page_lines(lines)
    page_lines = [lines[place].text for place in sorted(dropped)]
    return Extracted(_mended(_without(dropped, lines)), page_lines)


def head_text(head: bytes) -> str:
    """Return the beginning of a file as one line of text, empty when it is none."""
    return "" if b"\0" in head else " ".join(head.decode("utf-8-sig", errors="replace").split())


def _text(data: bytes, file: str) -> str:
    if b"\0" in data:
        raise SourceError(file, data.count(b"\n", 0, data.index(b"\0")) + 1, "expected text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise SourceError(file, line, "expected text in UTF-8 or cp1252") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parts(line: str) -> list[str]:
    """Return a line, and between its form feeds the ends of pages."""
    first, *others = (" ".join(part.split()) for part in line.split("\f"))
    return [first, *(part for other in others for part in (PAGE_END, other))]


def _check_last_page(lines: Iterable[Line], file: str) -> None:
    pages = [(int(match[1]), int(match[2]), line.number) for line in lines if (match := _OF_PAGES.fullmatch(line.text))]
    if pages:
        last, of, number = max(pages)
        if last < of:
            raise SourceError(file, number, f"expected {of} pages, found {last}: the file looks cut")


def _page_lines(lines: Sequence[Line]) -> set[int]:
    """Return where page numbers stand, and the lines beside them that most pages repeat."""
    ends = [place for place, line in enumerate(lines) if line.text == PAGE_END or _PAGE_NUMBER.fullmatch(line.text)]
    beside = {place for end in ends for place in _beside(lines, end)}
    times = Counter(_key(lines[place].text) for place in beside)
    repeated = {key for key, count in times.items() if count >= max(3, 0.4 * len(ends))}
    return {*ends, *(place for place in beside if _key(lines[place].text) in repeated)}


def _without(dropped: Collection[int], lines: Sequence[Line]) -> list[Line]:
    """Return the lines with one PAGE_END in place of those dropped and the blank lines around them."""
    kept: list[Line] = []
    for place, line in enumerate(lines):
        if place in dropped:
            while kept and not kept[-1].text:
                kept.pop()
            line = Line(line.number, PAGE_END)
        if kept and kept[-1].text == PAGE_END and line.text in ("", PAGE_END):
            continue
        kept.append(line)
    return kept


def _beside(lines: Sequence[Line], end: int) -> list[int]:
    """Return where the lines nearest to the end of a page stand that are not blank."""
    found = []
    for step in (-1, 1):
        place, near = end + step, 0
        while 0 <= place < len(lines) and near < _NEAR:
            if lines[place].text and lines[place].text != PAGE_END:
                found.append(place)
                near += 1
            place += step
    return found


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", text).casefold()


_HYPHENS = (
    # "96360- 96379", "PTP- associated" but not "pre- and postoperative"; "ICD -10-CM".
    (re.compile(r"(?<=\d)- (?=\d)", re.ASCII), "-"),
    (re.compile(r"(?<=[A-Za-z]{2})- (?!(?:and|or|to|through|versus|nor|but)\b)(?=[a-z]{2}|\d)"), "-"),
    (re.compile(r"(?<=[A-Za-z]{2}) -(?=[A-Za-z0-9])"), "-"),
)
_SPLIT_WORD = re.compile(r"\b([A-Za-z][a-z]*) (?=([a-z]+)\b)")


def _mended(lines: Sequence[Line]) -> list[Line]:
    """Close up words that are broken by a blank: the whole is a word of the text, and a part of it is not."""
    vocabulary = Counter(re.findall(r"[a-z]+", " ".join(line.text for line in lines).casefold()))

    def close(match: re.Match[str]) -> str:
        first, second = match[1].casefold(), match[2].casefold()
        torn = min(vocabulary[first], vocabulary[second]) == 1 and vocabulary[first + second] > 0
        return match[1] if torn else match[0]

    mended = []
    for number, text in lines:
        for pattern, replacement in _HYPHENS:
            text = pattern.sub(replacement, text)
        mended.append(Line(number, _SPLIT_WORD.sub(close, text)))
    return mended
