"""Synthetic files in the layouts of CMS, as large as the published ones: edits, units, add-on codes and fees."""

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from tests.unit.lookup.mpfs_files import rvu_row, rvu_table, text

# A date of service of the quarter that the files are of.
DAY = "2026-07-15"
# The practitioner edits of a quarter have 1.7 million rows about 10,900 codes. A code has about 150 of them as column
# 1; as column 2 most have a few, and some stand beside nearly every other code.
CODES = [f"{number:05}" for number in range(100, 98_200, 9)]
_IN_MANY = CODES[::68]
_PARTS = 4
_LOCALITIES = 99
_PTP_HEADING = (
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)
_GPCI_HEADING = (
    *("Medicare Administrative Contractor (MAC)", "State", "Locality Number", "Locality Name"),
    *("2026 PW GPCI (without 1.0 Floor)", "2026 PW GPCI (with 1.0 Floor)", "2026 PE GPCI", "2026 MP GPCI"),
)

# Column 1, column 2, effective, deletion ("*": active), modifier indicator.
PtpRow = tuple[str, str, str, str, str]


def ptp_rows() -> Iterator[PtpRow]:
    """Yield the edits, those of a code in column 1 one after the other; some are deleted, some have returned."""
    draw = random.Random(322)
    for column1 in CODES:
        for column2 in sorted({*draw.sample(_IN_MANY, 112), *draw.sample(CODES, 30)} - {column1}):
            began, indicator = f"{draw.randint(1996, 2012)}0101", draw.choice("0111")
            history = draw.random()
            if history < 0.3:
                yield column1, column2, began, f"{draw.randint(2013, 2020)}1231", indicator
            if history > 0.2:
                yield column1, column2, began if history > 0.3 else "20210401", "*", indicator


def write_published(folder: Path) -> int:
    """Write the files of a quarter into a folder; return how many rows they have."""
    rows = list(ptp_rows())
    for part in range(_PARTS):
        of_part = islice(rows, part * len(rows) // _PARTS, (part + 1) * len(rows) // _PARTS)
        lines = (f"{one}\t{two}\t\t{first}\t{last}\t{may}\tA rationale\r\n" for one, two, first, last, may in of_part)
        (folder / f"ccipra-v322r0-f{part + 1}.txt").write_text(_PTP_HEADING + "".join(lines), newline="")
    indicator = "2 Date of Service Edit: Policy"
    units = [[code, str(place % 5), indicator, "A rationale"] for place, code in enumerate(CODES)]
    heading = ["HCPCS/\nCPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"]
    _write(folder / "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv", [heading, *units])
    add_ons = [f"1{one}{'':7}{primary}{'':7}2013091\r\n" for one, primary in zip(CODES[::4], CODES[1::4], strict=True)]
    (folder / "AOC_V2026Q3-MCR.txt").write_text("".join(add_ons), newline="")
    _write(folder / "PPRRVU2026_Jul_nonQPP.csv", rvu_table([rvu_row(code) for code in CODES]))
    localities = [["01112", "CA", str(number), "A PLACE", "0.98", "1", "1.1", "0.66"] for number in range(_LOCALITIES)]
    _write(folder / "GPCI2026.csv", [_GPCI_HEADING, *localities])
    return len(rows) + len(units) + len(add_ons) + len(CODES) + len(localities)


def _write(path: Path, table: Sequence[Sequence[str]]) -> None:
    path.write_bytes(text(table))
