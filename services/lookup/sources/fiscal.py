"""The federal fiscal year that the files of a code set are of: FY2026 begins on 1 October 2025."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from services.lookup.facts.edition import Told
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.periods import Period, year_in

_HEAD = 4096
# The XML files of CDC and CMS say it before anything else.
_VERSION = re.compile(rb"<version>\s*(20\d\d)\s*</version>")


def year_of(file: SourceFile) -> int | None:
    """Return the fiscal year that a file says in its content, else in its name; None when it says none.

    The last year in a name counts: it is nearer to the file than one in the name of its archive.
    """
    with file.open() as stream:
        version = _VERSION.search(stream.read(_HEAD))
    return int(version[1]) if version else year_in(file.name)


def period(said: Collection[int | None], origin: str, told: Told) -> Period:
    """Return the period of an edition whose files say these fiscal years, None for a file that says none.

    It takes effect on the 1 October that begins the year or, where the name of a file says April, on its 1 April (CMS
    updates the code sets on both), and ends with the year; what is told wins. Raises SourceError when no year is known,
    and when the years and the first day do not agree on one.
    """
    years = set(filter(None, said))
    first_day = told.effective_from
    if first_day is None:
        if not years:
            expected = "expected a fiscal year in the file or its name: say from when it is effective"
            raise SourceError(origin, None, f"{expected} (--effective-from)")
        year = max(years)
        first_day = date(year, 4, 1) if _says_april(origin) else date(year - 1, 10, 1)
    fiscal_year = first_day.year + (first_day.month >= 10)
    found = {*years, fiscal_year}
    if len(found) > 1:
        raise SourceError(origin, None, f"expected one fiscal year, found {', '.join(map(str, sorted(found)))}")
    label = f"FY{fiscal_year}" if first_day.month == 10 else f"FY{fiscal_year} {first_day:%B}"
    return Period(told.edition or label, first_day, told.effective_to or date(fiscal_year, 9, 30))


def by_edition(files: Sequence[SourceFile], told: Told) -> list[list[SourceFile]]:
    """Return the files of each edition, the oldest edition first.

    The files of a fiscal year are one edition, or two where there are several of a kind: those that say April in their
    names and the others. Raises SourceError for a file of no known year among files of several, and where one edition
    is told of but there are more.
    """
    years: dict[int | None, list[SourceFile]] = defaultdict(list)
    for file in files:
        years[year_of(file)].append(file)
    unknown = years.pop(None, [])
    if len(years) > 1 and unknown:
        raise SourceError(unknown[0].name, None, "expected a fiscal year in the file or its name, beside other years")
    groups = [years[year] for year in sorted(filter(None, years))] if len(years) > 1 else [list(files)]
    editions = [edition for group in groups for edition in _october_and_april(group)]
    check_told_of_one(editions, told)
    return editions


def check_told_of_one(editions: Sequence[object], told: Told) -> None:
    """Raise SourceError where an edition is told of but there are more."""
    if len(editions) > 1 and told != Told():
        options = "--edition, --effective-from and --effective-to"
        raise SourceError("files", None, f"expected one edition beside {options}, found {len(editions)}")


def only(kind: Kind, files: Sequence[SourceFile]) -> SourceFile | None:
    """Return the file of a kind, None when there is none. Raises SourceError when there are several."""
    of_kind = [file for file in files if file.kind is kind]
    if len(of_kind) > 1:
        names = ", ".join(file.name for file in of_kind)
        raise SourceError(names, None, f"expected one {kind.value} for an edition, found {len(of_kind)}")
    return of_kind[0] if of_kind else None


def _october_and_april(files: list[SourceFile]) -> list[list[SourceFile]]:
    kinds = Counter(file.kind for file in files)
    if all(count == 1 for count in kinds.values()):
        return [files] if files else []
    october = [file for file in files if not _says_april(file.name)]
    april = [file for file in files if _says_april(file.name)]
    return [group for group in (october, april) if group]


def _says_april(name: str) -> bool:
    return "april" in name.lower()
