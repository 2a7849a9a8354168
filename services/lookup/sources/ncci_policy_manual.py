"""Reads the text of the Medicare NCCI Policy Manual (CMS), all chapters in one file."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise, zip_longest

from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.guidelines.cutting import Grammar, Section, bind, cut
from services.lookup.guidelines.model import Book
from services.lookup.guidelines.numbering import Number, Style, roman
from services.lookup.guidelines.paragraphs import PAGE_END, Line, paragraphs, plain
from services.lookup.guidelines.references import named_in_policies
from services.lookup.guidelines.wording import without_descriptors
from services.lookup.index.guidelines import book_documents, codes_named
from services.lookup.sources.errors import SourceError
from services.lookup.sources.extracted import head_text, read_extracted
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import check_told_of_one
from services.lookup.sources.periods import Period, year_in

_GRAMMAR = Grammar(
    styles=(Style.CHAPTER, Style.UPPER, Style.DECIMAL, Style.LOWER, Style.LOWER_ROMAN), titled=(Style.UPPER,)
)
_NAME = re.compile(r"Medicare (?:National Correct Coding Initiative|NCCI) (?:Coding )?Policy Manual", re.IGNORECASE)
_MEDICAID = re.compile(r"Revision Date \(Medicaid\)", re.IGNORECASE)
_CHAPTER = re.compile(r"CHAPTER ([IVX]{1,5})")
_LISTED_CHAPTER = re.compile(r"Chapter ([IVX]{1,5}) [-\u2013\u2014]")
_INTRODUCTION = "INTRODUCTION"
_ACRONYMS = "LIST OF ACRONYMS"
_TITLE_PAGE_END = "FOR"
_CODES = re.compile(r"(?:CPT|HCPCS LEVEL II) CODES? (\w{5})\s?[-\u2013]\s?(\w{5})", re.IGNORECASE)
_ENTRY = re.compile(r"\b([A-Z])\. ([^.]+?)\s*\.[. ]*\.\s*[IVX]+-\d+")
_INTRODUCTION_ENTRY = re.compile(r"([A-Z][^.]+?)\s*\.[. ]*\.\s*Intro-\d+")
_REVISED = re.compile(r"Revision Date.*?\b(20\d\d)\b", re.IGNORECASE | re.ASCII)
_ITEM = re.compile(r"([a-z]{1,4})\. ")
_LABELS = (tuple("abcdefghijklmnopqrstuvwxyz"), ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"))
# What follows a label; i follows h, and begins roman numerals where it stands first.
_FOLLOWING = {label: next for labels in _LABELS for label, next in pairwise(labels)}
_BEGINS_ITEM = re.compile(r"\d{1,2}\. |[A-Z]\. ", re.ASCII)
_BARE_NUMBERS = re.compile(r"\d{1,2}\.(?: \d{1,2}\.)*", re.ASCII)
# Longer lines are text.
_LONGEST_TITLE_LINE = 160
_SMALL_WORDS = {"and", "of", "the", "for"}


def is_ncci_policy_manual(head: bytes) -> bool:
    """Tell from the first bytes whether this is the text of the manual; that of Medicaid is another."""
    text = head_text(head)
    return bool(_NAME.search(text)) and not _MEDICAID.search(text)


def read_ncci_policy_manual(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Yield one edition for each text of the manual among the files.

    The manual is that of the calendar year of most of its revision dates: CMS publishes it for 1 January, and corrects
    single chapters later. What is told wins. Raises SourceError for a text that is cut, whose sections cannot be told,
    or whose year is not known.
    """
    own = [file for file in files if file.kind is Kind.NCCI_POLICY_MANUAL]
    check_told_of_one(own, told)
    for file in own:
        with file.open() as stream:
            text = read_extracted(stream, file.name)
        book, codes = cut_policy_manual(text.lines, file.name)
        period = _period(text.page_lines, told, file.name)
        yield FactEdition(
            source=Source.NCCI_POLICY_MANUAL,
            label=period.label,
            effective_from=period.effective_from,
            effective_to=period.effective_to,
            origin=file.name,
            rows=len(book.passages),
            codes=codes_named(Source.NCCI_POLICY_MANUAL, book),
            documents=book_documents(Source.NCCI_POLICY_MANUAL, book, codes),
        )


def cut_policy_manual(lines: Sequence[Line], file: str) -> tuple[Book, dict[str, tuple[str, str]]]:
    """Return the manual as passages, and the first and last code of each chapter that gives them.

    Title pages, copyright notices and tables of contents are no passages.

    Raises SourceError when a chapter, or a section that its chapter's table of contents lists, is not there.
    """
    starts = _chapter_starts(lines, file)
    ends = [place for place, line in enumerate(lines) if line.text == _ACRONYMS and place > starts[-1]]
    end = ends[0] if ends else len(lines)
    introduction = next((place for place in range(starts[0]) if lines[place].text == _INTRODUCTION), starts[0])
    sections = _introduction(lines[introduction : starts[0]])
    codes: dict[str, tuple[str, str]] = {}
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        chapter = _chapter(lines[start:stop], file)
        if given := _codes(lines[start:stop]):
            codes[chapter[0].id] = given
        sections += chapter
    if ends:
        sections.append(Section("Acronyms", "List of Acronyms", lines[end].number, list(lines[end + 1 :])))
    return bind(sections, lambda text: without_descriptors(text).text, named_in_policies), codes


def _chapter_starts(lines: Sequence[Line], file: str) -> list[int]:
    """Return where the title pages of the chapters stand."""
    starts: list[int] = []
    listed = 0
    for place, line in enumerate(lines):
        if (match := _CHAPTER.fullmatch(line.text)) and roman(match[1]) == len(starts) + 1:
            starts.append(place)
        elif not starts and (match := _LISTED_CHAPTER.match(line.text)):
            listed = max(listed, roman(match[1]))
    if len(starts) < max(listed, 1):
        raise SourceError(file, None, f"expected Chapters I to {listed or 'XIII'}, found {len(starts)} of them")
    return starts


def _introduction(lines: Sequence[Line]) -> list[Section]:
    """Return the introduction. Its sections have no numbers: they are counted."""
    listed = [plain(title) for title in _INTRODUCTION_ENTRY.findall(_leaders(lines))]
    sections: list[Section] = []
    begin = max((at for at, line in enumerate(lines, 1) if _is_leader(line.text)), default=0)
    for line in _apart(lines[begin:], {}):
        if listed and plain(line.text) == listed[0]:
            id = f"Intro.{len(sections)}" if sections else "Intro"
            sections.append(Section(id, line.text, line.number))
            del listed[0]
        elif sections:
            sections[-1].lines.append(line)
    return sections


def _chapter(lines: Sequence[Line], file: str) -> list[Section]:
    """Return a chapter from its title page on: itself, and its sections."""
    label = lines[0].text
    id = label.split()[1]
    listed = dict(_ENTRY.findall(_leaders(lines)))
    begin = next((at for at, line in enumerate(lines) if line.text.startswith("A. ") and not _is_leader(line.text)), 0)
    title = _title(lines)
    body = _numbered(_apart(_without_title(lines[begin:], f"{label} {title}"), listed))
    titles = {f"{id}.{letter}": entry for letter, entry in listed.items()}
    chapter, *sections = cut(body, _GRAMMAR, titles, within=(Number(Style.CHAPTER, roman(id), id),))
    found = {section.id for section in sections}
    for expected in titles or {f"{id}.A": ""}:
        if expected not in found:
            raise SourceError(file, lines[-1].number, f"expected section {expected} before this line")
    return [Section(id, title, lines[0].number, chapter.lines if begin else []), *sections]


def _is_leader(text: str) -> bool:
    return "...." in text


def _leaders(lines: Iterable[Line]) -> str:
    """Return the lines of a table of contents as one."""
    return " ".join(line.text for line in lines if _is_leader(line.text))


def _title_page(lines: Sequence[Line]) -> list[str]:
    texts = [line.text for line in lines[1:12]]
    return texts[: texts.index(_TITLE_PAGE_END)] if _TITLE_PAGE_END in texts else texts[:1]


def _title(lines: Sequence[Line]) -> str:
    """Return the title of a chapter, which its title page prints in capitals."""
    title = " ".join(text for text in _title_page(lines) if not _CODES.match(text))
    return " ".join(_in_title(word) for word in title.split())


def _in_title(word: str) -> str:
    if roman(word):
        return word.upper()
    return word.lower() if word.lower() in _SMALL_WORDS else word.title()


def _codes(lines: Sequence[Line]) -> tuple[str, str] | None:
    match = _CODES.search(" ".join(_title_page(lines)))
    return (match[1].upper(), match[2].upper()) if match else None


def _without_title(lines: Sequence[Line], title: str) -> list[Line]:
    """Drop the title of the chapter, with its codes, where the text of the first section begins."""
    known = set(re.findall(r"[a-z]+", f"{title} and CPT HCPCS Level II codes".casefold()))
    kept = list(lines[:1])
    for at, line in enumerate(lines[1:], 1):
        said = re.findall(r"[a-z]{2,}", line.text.casefold())
        if len(line.text) > _LONGEST_TITLE_LINE or not known.issuperset(said):
            return [*kept, *lines[at:]]
    return kept


def _apart(lines: Sequence[Line], listed: Mapping[str, str]) -> Iterator[Line]:
    """Yield the lines, those in two that hold more than one: the next heading, or the next item of a list."""
    headings = [f" {letter}. {title}" for letter, title in listed.items()]
    for number, text in lines:
        heading = next((one for one in headings if text.endswith(one)), "")
        for part in _items(text.removesuffix(heading)):
            yield Line(number, part)
        if heading:
            yield Line(number, heading.strip())


def _items(text: str) -> Iterator[str]:
    """Yield a line in as many parts as it holds items of a list: "a. One b. Two", "For example: a. One"."""
    if begin := re.search(r"(?<=:) (?=a\. [A-Z])", text):
        yield text[: begin.start()]
        text = text[begin.end() :]
    while item := _ITEM.match(text):
        following = _FOLLOWING.get(item[1])
        next_item = following and re.search(rf" (?={following}\. [A-Z])", text)
        if not next_item:
            break
        yield text[: next_item.start()]
        text = text[next_item.end() :]
    yield text


def _numbered(lines: Iterable[Line]) -> list[Line]:
    """Return the lines, numbers that stand apart from their paragraphs put before these.

    Where a page begins within a list, extraction may give the numbers first ("10.", "11. 12.") and then the paragraphs:
    the end of the last item of the page before, and one for each number. A paragraph that begins with "However" belongs
    to the one before; what there is too much belongs to the last number.
    """
    found: list[Line] = []
    waiting: list[str] = []
    page: list[Line] = []
    for line in [*lines, Line(0, PAGE_END)]:
        if _BARE_NUMBERS.fullmatch(line.text):
            waiting += line.text.split()
        elif waiting and line.text != PAGE_END and not _BEGINS_ITEM.match(line.text):
            page.append(line)
        else:
            found += _dealt_out(waiting, page)
            waiting, page = [], []
            found.append(line)
    return found[:-1]


def _dealt_out(waiting: Sequence[str], page: Sequence[Line]) -> list[Line]:
    """Return the paragraphs of a page, each number that waits for one before its own."""
    if not waiting:
        return []
    texts: list[str] = []
    for text in paragraphs(page):
        if texts and text.startswith("However"):
            texts[-1] += f"\n{text}"
        else:
            texts.append(text)
    end_of_last = [texts.pop(0)] if texts and texts[0][:1].islower() else []
    begun = [" ".join(filter(None, pair)) for pair in zip_longest(waiting, texts[: len(waiting)], fillvalue="")]
    number = page[0].number if page else 0
    parts = [*end_of_last, *begun, *texts[len(waiting) :]]
    return [Line(number, line) for part in parts for line in part.split("\n")]


def _period(page_lines: Sequence[str], told: Told, file: str) -> Period:
    years = Counter(int(match[1]) for text in page_lines if (match := _REVISED.search(text)))
    year = years.most_common(1)[0][0] if years else year_in(file)
    first_day = told.effective_from or (date(year, 1, 1) if year else None)
    if first_day is None:
        expected = "expected revision dates, or a year in the name: say from when it is effective (--effective-from)"
        raise SourceError(file, None, expected)
    return Period(told.edition or str(first_day.year), first_day, told.effective_to or date(first_day.year, 12, 31))
