"""Editions of CPT, codes and modifiers, from the directory of files that the AMA licenses.

Nothing of the AMA's text is part of this project: an operator brings the files, and they serve in the operator's own
installation alone.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import IO

from services.lookup.codes.model import Attribute, Edition, Entry, Level, System
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.modifiers import modifier_document
from services.lookup.sources.cpt_modifiers import read_cpt_modifiers
from services.lookup.sources.cpt_text import (
    CLINICIAN,
    CONSUMER,
    LONG,
    MEDIUM,
    SHORT,
    read_descriptions,
    read_descriptors,
)
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import check_told_of_one, only
from services.lookup.sources.periods import Period, year_in

Texts = Mapping[str, tuple[str, ...]]

_READERS: Mapping[Kind, Callable[[IO[bytes], str], Texts]] = {
    Kind.CPT_LONG: partial(read_descriptions, layout=LONG),
    Kind.CPT_MEDIUM: partial(read_descriptions, layout=MEDIUM),
    Kind.CPT_SHORT: partial(read_descriptions, layout=SHORT),
    Kind.CPT_CONSUMER: partial(read_descriptors, heading=CONSUMER),
    Kind.CPT_CLINICIAN: partial(read_descriptors, heading=CLINICIAN),
}
_LICENCE = 1 << 16
# "CPT 2026", "2026 CPT". The year of the copyright tells nothing: it is that of printing, often the year before.
_NAMED_YEAR = re.compile(r"\bCPT\W{0,3}(20\d\d)\b|\b(20\d\d)\W{0,3}CPT\b", re.ASCII)

# The sections of the book in the order of the codes: by number, then by the letter that ends a code.
_SECTIONS = {
    "00000-09999": "Anesthesia",
    "10000-69999": "Surgery",
    "70000-79999": "Radiology",
    "80000-89999": "Pathology and laboratory",
    "90000-99199": "Medicine",
    "99200-99499": "Evaluation and management",
    "99500-99999": "Medicine: services at home, medication therapy management",
    "0001A-9999A": "Immunization administration",
    "0001F-9999F": "Category II: performance measurement",
    "0001M-9999M": "Multianalyte assays, administrative codes",
    "0001T-9999T": "Category III: emerging technology",
    "0001U-9999U": "Proprietary laboratory analyses",
}
_BY_NUMBER = [section for section in _SECTIONS if section[-1].isdigit()]
_BY_LETTER = {section[-1]: section for section in _SECTIONS if section not in _BY_NUMBER}


def read_cpt(files: Sequence[SourceFile], told: Told) -> Iterator[Edition | FactEdition]:
    """Yield for each year its codes and, where there is a file of them, its modifiers.

    The long description is the title. The long, the medium and the short descriptions hold the same codes, and the
    descriptors no others. Clinician descriptors are terms for a code, consumer descriptors say it in common language.

    The year is told, or stands in the licence ("CPT 2026"), or in the name of the file, its folder or its archive; it
    is the same for files that do not say it. An edition is valid for its calendar year.

    Raises SourceError for a file that its reader refuses, two files of one kind, descriptions without the long ones,
    files that hold other codes, naming one, and a year that is not known.
    """
    editions = _by_year(files, told)
    check_told_of_one(editions, told)
    for year, of_year in editions:
        period = Period(
            told.edition or str(year), told.effective_from or date(year, 1, 1), told.effective_to or date(year, 12, 31)
        )
        if described := [file for file in of_year if file.kind in _READERS]:
            yield _edition(described, period)
        if modifiers := only(Kind.CPT_MODIFIERS, of_year):
            yield _modifiers(modifiers, period)


def _by_year(files: Sequence[SourceFile], told: Told) -> list[tuple[int, list[SourceFile]]]:
    years: dict[int, list[SourceFile]] = defaultdict(list)
    unknown: list[SourceFile] = []
    for file in files:
        if file.kind in _READERS or file.kind is Kind.CPT_MODIFIERS:
            year = told.effective_from.year if told.effective_from else _year_of(file)
            (years[year] if year else unknown).append(file)
    if unknown and len(years) != 1:
        expected = "expected the year in the licence or the name of the file: say from when it is effective"
        raise SourceError(unknown[0].name, None, f"{expected} (--effective-from)")
    for of_year in years.values():
        of_year += unknown
    return sorted(years.items())


def _year_of(file: SourceFile) -> int | None:
    with file.open() as stream:
        licence = stream.read(_LICENCE).decode("cp1252", errors="replace")
    if named := _NAMED_YEAR.search(licence):
        return int(named[1] or named[2])
    return year_in(file.name) or year_in(file.path.parent.name)


def _edition(files: Sequence[SourceFile], period: Period) -> Edition:
    texts = {kind: _texts(kind, files) for kind in _READERS}
    titles = texts[Kind.CPT_LONG]
    if not titles:
        raise SourceError(files[0].name, None, f"expected the {Kind.CPT_LONG.value} with it")
    for file in files:
        _check_same_codes(texts[file.kind], titles, file)
    return Edition(
        system=System.CPT,
        label=period.label,
        effective_from=period.effective_from,
        effective_to=period.effective_to,
        origin=" and ".join(file.name for file in files),
        entries=tuple(_entries(texts)),
    )


def _texts(kind: Kind, files: Sequence[SourceFile]) -> Texts:
    file = only(kind, files)
    if file is None:
        return {}
    with file.open() as stream:
        return _READERS[kind](stream, file.name)


def _check_same_codes(texts: Texts, titles: Texts, file: SourceFile) -> None:
    if unknown := min(texts.keys() - titles.keys(), default=""):
        raise SourceError(file.name, None, f"expected the codes of the long descriptions, found also {unknown}")
    missing = min(titles.keys() - texts.keys(), default="")
    if missing and file.kind in (Kind.CPT_SHORT, Kind.CPT_MEDIUM):
        raise SourceError(file.name, None, f"expected the codes of the long descriptions, {missing} is missing")


def _entries(texts: Mapping[Kind, Texts]) -> Iterator[Entry]:
    order = 0
    places = {section: place for place, section in enumerate(_SECTIONS)}
    codes = sorted(texts[Kind.CPT_LONG], key=lambda code: (places[_section(code)], code))
    for section, group in groupby(codes, key=_section):
        yield Entry(section, Level.SECTION, _SECTIONS[section], parent="", order=(order := order + 1), billable=False)
        for code in group:
            yield Entry(
                code=code,
                level=Level.CODE,
                title=texts[Kind.CPT_LONG][code][0],
                parent=section,
                order=(order := order + 1),
                billable=True,
                inclusion_terms=texts[Kind.CPT_CLINICIAN].get(code, ()),
                short_title="".join(texts[Kind.CPT_SHORT].get(code, ())),
                attributes=tuple(
                    Attribute("medium description", text) for text in texts[Kind.CPT_MEDIUM].get(code, ())
                ),
                common_language="; ".join(texts[Kind.CPT_CONSUMER].get(code, ())),
            )


def _section(code: str) -> str:
    """Return the section of a code: the last that begins at or before it."""
    return _BY_LETTER.get(code[-1]) or _BY_NUMBER[bisect_right(_BY_NUMBER, f"{code}-99999") - 1]


def _modifiers(file: SourceFile, period: Period) -> FactEdition:
    with file.open() as stream:
        read = read_cpt_modifiers(stream, file.name)
    left_out = {"HCPCS modifier": read.of_hcpcs, "given again for hospitals": read.repeated}
    return FactEdition(
        source=Source.MODIFIERS_CPT,
        label=period.label,
        effective_from=period.effective_from,
        effective_to=period.effective_to,
        origin=file.name,
        rows=len(read.modifiers) + sum(left_out.values()),
        codes=len(read.modifiers),
        documents=list(map(modifier_document, read.modifiers)),
        left_out={reason: count for reason, count in left_out.items() if count},
    )
