"""What the files of the National Correct Coding Initiative (NCCI) of CMS share: names, quarters, codes, dates."""

import re
from datetime import date
from functools import lru_cache

from services.lookup.codes.model import System
from services.lookup.codes.notation import parse_code
from services.lookup.edits.model import CODE_LENGTH, Setting
from services.lookup.facts.edition import Told
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import SourceFile
from services.lookup.sources.periods import Period, Quarter, quarter_in
from services.runtime.errors import Refusal

_SETTINGS = {
    Setting.PRACTITIONER: re.compile(r"ccipra|prac", re.IGNORECASE),
    Setting.HOSPITAL: re.compile(r"ccioph|hospital|opps|(?<![a-z])out(?:patient)?(?![a-z])", re.IGNORECASE),
    Setting.DME: re.compile(r"(?<![a-z])dme", re.IGNORECASE),
}
# ccipra-v322r0-f1: version 32.2 is that of the third quarter of 2026.
_VERSION = re.compile(r"cci(?:pra|oph)[-_]?v(\d\d)([0-3])r\d", re.IGNORECASE | re.ASCII)
_FIRST_VERSION_YEAR = 1994
_DATE = re.compile(r"\d{8}|\d{4}-\d\d-\d\d", re.ASCII)


def period_of(file: SourceFile, told: Told) -> Period:
    """Return the period that a file is for, by what the operator says, else by its name or that of its archive."""
    quarter = quarter_in(told.edition) or _quarter_of(file)
    label = told.edition or (quarter.label if quarter else "")
    first = told.effective_from or (quarter.first_day if quarter else None)
    last = told.effective_to or (quarter.last_day if quarter else None)
    if not label or first is None or last is None:
        raise SourceError(
            file.name,
            None,
            "expected the quarter in the name, such as 2026q3; --edition 2026Q3 tells it "
            "(or --edition, --effective-from and --effective-to)",
        )
    if first > last:
        raise SourceError(file.name, None, f"expected a last date of service not before {first}, found {last}")
    return Period(label, first, last)


def setting_of(file: SourceFile) -> Setting | None:
    """Return the setting that the name of a file says, or that of its archive; None when neither says one."""
    return setting_in(file.member) or setting_in(file.path.name)


def setting_in(text: str) -> Setting | None:
    """Return the setting that a name or a heading says; None when it says none, or several."""
    found = [setting for setting, pattern in _SETTINGS.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=1 << 15)
def procedure_code(cell: str) -> str | None:
    """Return the CPT or HCPCS code in a cell, with the leading zeros that a spreadsheet drops; None when it is none."""
    if not cell.isascii():
        return None
    code = cell.zfill(CODE_LENGTH) if cell.isdigit() else cell
    try:
        return parse_code(System.CPT if code[:1].isdigit() else System.HCPCS, code)
    except Refusal:
        return None


def date_in(cell: str) -> date | None:
    """Return the date in a cell, YYYYMMDD or YYYY-MM-DD; None when it is none."""
    if not _DATE.fullmatch(cell):
        return None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def _quarter_of(file: SourceFile) -> Quarter | None:
    for name in (file.member, file.path.name):
        if version := _VERSION.search(name):
            return Quarter(_FIRST_VERSION_YEAR + int(version[1]), int(version[2]) + 1)
        if quarter := quarter_in(name):
            return quarter
    return None
