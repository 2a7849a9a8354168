"""Reads the text of the ICD-10-CM Official Guidelines for Coding and Reporting (CMS and NCHS)."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.guidelines.cutting import Grammar, Section, bind, cut
from services.lookup.guidelines.model import Book
from services.lookup.guidelines.numbering import Outline, Style, numbers
from services.lookup.guidelines.paragraphs import Line, joined
from services.lookup.guidelines.references import APPENDIX, named_in_guidelines
from services.lookup.index.guidelines import book_documents, codes_named
from services.lookup.sources.errors import SourceError
from services.lookup.sources.extracted import head_text, read_extracted
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import check_told_of_one
from services.lookup.sources.fiscal import period as fiscal_period
from services.lookup.sources.periods import Period, year_in

_STYLES = (
    Style.SECTION,
    Style.UPPER,
    Style.DECIMAL,
    Style.LOWER,
    Style.DECIMAL_BRACKET,
    Style.LOWER_BRACKETS,
    Style.ROMAN_BRACKETS,
)
_GRAMMAR = Grammar(styles=_STYLES, titled=_STYLES)
_SECTIONS = ("I", "II", "III", "IV")
_NAME = re.compile(r"ICD ?-10 ?-CM Official Guidelines for Coding and Reporting", re.IGNORECASE)
_NAME_REACH = 2_000
_PAGE_REFERENCE = re.compile(r"(?:\s*\.{2,}\s*|\s+|^)\d{1,3}$", re.ASCII)
_APPENDIX = re.compile(r"Appendix I\b.*", re.IGNORECASE)

_TITLE_PAGE_LINES = 40
_FISCAL_YEAR = re.compile(r"\bFY ?(20\d\d)\b", re.ASCII)
_DATE = r"(?:January|April|October|September) \d{1,2}, 20\d\d"
_RANGE = re.compile(rf"\(\s*({_DATE})\s*(?:[-\u2013\u2014]+|to|through)\s*({_DATE})\s*\)", re.IGNORECASE | re.ASCII)
_UPDATED = re.compile(rf"UPDATED\s+({_DATE})", re.IGNORECASE | re.ASCII)


def is_icd10cm_guidelines(head: bytes) -> bool:
    """Tell from the first bytes whether this is the text of the guidelines."""
    return bool(_NAME.search(head_text(head)[:_NAME_REACH]))


def read_icd10cm_guidelines(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Yield one edition for each text of the guidelines among the files.

    The edition and its dates are those of the title page: "(October 1, 2025 - September 30, 2026)"; an update within
    the fiscal year ("UPDATED April 1, 2026") begins on its own date. What is told wins. Raises SourceError for a text
    that is cut, whose sections cannot be told, or whose dates are not known.
    """
    own = [file for file in files if file.kind is Kind.ICD10CM_GUIDELINES]
    check_told_of_one(own, told)
    for file in own:
        with file.open() as stream:
            lines = read_extracted(stream, file.name).lines
        book = cut_guidelines(lines, file.name)
        period = _period(lines, told, file.name)
        yield FactEdition(
            source=Source.GUIDELINES_ICD10CM,
            label=period.label,
            effective_from=period.effective_from,
            effective_to=period.effective_to,
            origin=file.name,
            rows=len(book.passages),
            codes=codes_named(Source.GUIDELINES_ICD10CM, book),
            documents=book_documents(Source.GUIDELINES_ICD10CM, book),
        )


def cut_guidelines(lines: Sequence[Line], file: str) -> Book:
    """Return the guidelines as passages: the introduction, Sections I to IV with all below them, and Appendix I.

    Raises SourceError when a section that the table of contents lists at the two upper levels is not there.
    """
    starts = [place for place, line in enumerate(lines) if _is_first_section(line.text)]
    if not starts:
        raise SourceError(file, None, "expected a line that begins with Section I.")
    first, body = starts[0], starts[min(1, len(starts) - 1)]
    if any(_is_leader(line.text) for line in lines[body:]):
        raise SourceError(file, lines[-1].number, "expected the text behind the table of contents: the file looks cut")
    titles = _contents(lines[first:body])
    appendix = next((place for place in range(body, len(lines)) if _APPENDIX.fullmatch(lines[place].text)), len(lines))
    sections = [
        Section("Intro", "Introduction", 1, [line for line in lines[:first] if not _is_leader(line.text)]),
        *cut(lines[body:appendix], _GRAMMAR, titles)[1:],
        *_appendix(lines[appendix:]),
    ]
    found = {section.id for section in sections}
    for id in (*_SECTIONS, *(id for id in titles if id.count(".") < 2)):
        if id not in found:
            raise SourceError(file, None, f"expected Section {id}: the file is cut, or its headings cannot be told")
    return bind(sections, str, lambda text, _, every: named_in_guidelines(text, every))


def _is_first_section(text: str) -> bool:
    return any(number.place == 1 for number, _ in numbers(text, [Style.SECTION]))


def _is_leader(text: str) -> bool:
    return "....." in text


def _contents(lines: Sequence[Line]) -> dict[str, str]:
    """Return the titles of the table of contents by path. A title goes on until its page is given."""
    outline = Outline(_STYLES)
    titles: dict[str, str] = {}
    open_id = ""
    for line in lines:
        text = _PAGE_REFERENCE.sub("", line.text)
        if heading := outline.heading(text):
            outline.open(heading)
            open_id = heading.id
            titles[open_id] = heading.rest
        elif open_id and text.strip():
            titles[open_id] = joined(titles[open_id], text)
        if text != line.text:
            open_id = ""
    return titles


def _appendix(lines: Sequence[Line]) -> list[Section]:
    if not lines:
        return []
    title = next((line for line in lines[1:] if line.text.strip()), lines[0])
    return [Section(APPENDIX, title.text, lines[0].number, [line for line in lines[1:] if line is not title])]


def _period(lines: Sequence[Line], told: Told, file: str) -> Period:
    """Return the period that the title page gives; where it gives no dates, that of the fiscal year it names."""
    title_page = " ".join(line.text for line in lines[:_TITLE_PAGE_LINES])
    printed = _RANGE.search(title_page)
    if not printed:
        named = _FISCAL_YEAR.search(title_page)
        return fiscal_period([int(named[1]) if named else year_in(file)], file, told)
    last_day = told.effective_to or _day(printed[2])
    updated = _UPDATED.search(title_page)
    begins = [_day(one[1]) for one in (printed, updated) if one]
    first_day = told.effective_from or max(day for day in begins if day <= max(last_day, begins[0]))
    label = f"FY{last_day.year}" if first_day.month == 10 else f"FY{last_day.year} {first_day:%B}"
    return Period(told.edition or label, first_day, last_day)


def _day(written: str) -> date:
    return datetime.strptime(written, "%B %d, %Y").date()
