"""Synthetic files of the Medicare physician fee schedule, in the layouts of CMS."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from services.lookup.sources.files import Kind, SourceFile

# Each column with its heading as CMS stacks it, from the bottom row upwards.
_STACKED = (
    ("HCPCS",),
    ("MOD",),
    ("DESCRIPTION",),
    ("CODE", "STATUS"),
    ("PAYMENT", "MEDICARE", "FOR", "NOT USED"),
    ("RVU", "WORK"),
    ("PE RVU", "NON-FAC"),
    ("INDICATOR", "NA", "NON-FAC"),
    ("PE RVU", "FACILITY"),
    ("INDICATOR", "NA", "FACILITY"),
    ("RVU", "MP"),
    ("TOTAL", "NON-FACILITY"),
    ("TOTAL", "FACILITY"),
    ("IND", "PCTC"),
    ("DAYS", "GLOB"),
    ("OP", "PRE"),
    ("OP", "INTRA"),
    ("OP", "POST"),
    ("PROC", "MULT"),
    ("SURG", "BILAT"),
    ("SURG", "ASST"),
    ("SURG", "CO-"),
    ("SURG", "TEAM"),
    ("IND", "PRIC"),
    ("BASE", "ENDO"),
    ("FACTOR", "CONV"),
    ("PROCEDURES", "DIAGNOSTIC", "SUPERVISION OF", "PHYSICIAN"),
    ("FLAG", "CALCULATION"),
    ("INDICATOR", "FAMILY", "IMAGING", "DIAGNOSTIC"),
    ("AMOUNT", "PAYMENT", "FOR OPPS", "PE USED", "NON-FACILITY"),
    ("AMOUNT", "PAYMENT", "FOR OPPS", "PE USED", "FACILITY"),
    ("AMOUNT", "PAYMENT", "FOR OPPS", "MP USED"),
)
_PRICING = 23
SECRET = "Wording of an owner"

# A column of the file is the text of its cell, by the names used here.
_FIELDS = (
    *("code", "mod", "description", "status", "unused", "work", "nf_pe", "nf_na", "f_pe", "f_na", "mp"),
    *("nf_total", "f_total", "pctc", "glob", "pre", "intra", "post", "mult", "bilat", "asst", "co", "team"),
    *("pricing", "endo", "cf", "supervision", "flag", "family", "opps_nf", "opps_f", "opps_mp"),
)
_PLAIN = {"description": SECRET, "unused": "", "nf_na": "", "f_na": "", "pricing": "9", "endo": "", "flag": "0"}
_VISIT = {
    **_PLAIN,
    **{"mod": "", "status": "A", "work": "1.30", "nf_pe": "1.33", "f_pe": "0.56", "mp": "0.10", "nf_total": "2.73"},
    **{"f_total": "1.96", "pctc": "0", "glob": "XXX", "pre": "0.00", "intra": "0.00", "post": "0.00", "mult": "0"},
    **{"bilat": "0", "asst": "0", "co": "0", "team": "0", "cf": "33.2875", "supervision": "09", "family": "99"},
    **{"opps_nf": "0.00", "opps_f": "0.00", "opps_mp": "0.00"},
}


def rvu_row(code: str, **changed: str) -> list[str]:
    """Return the cells of a row: those of a visit but for what is changed."""
    values = {**_VISIT, "code": code, **changed}
    return [values[field] for field in _FIELDS]


def rvu_table(
    rows: Sequence[Sequence[str]], release: str = "2026 {} July Release", pricing: bool = True
) -> list[list[str]]:
    """Return a whole table as CMS lays it out: until 2025 there was no column of pricing."""
    title = release.format("National Physician Fee Schedule Relative Value File")
    preamble = [
        ["", "", title],
        ["", "", "Texts are copyright of their owners."],
        [""],
        ["", "", "RELEASED 06/30/2026"],
    ]
    headings = [[stack[level] if level < len(stack) else "" for stack in _STACKED] for level in reversed(range(5))]
    table = [[*cells, *[""] * (len(_STACKED) - len(cells))] for cells in (*preamble, *headings, *rows)]
    if not pricing:
        table = [[*cells[:_PRICING], *cells[_PRICING + 1 :]] for cells in table]
    return table


def text(table: Sequence[Sequence[str]], end: str = "\n", encoding: str = "utf-8") -> bytes:
    """Return a table as comma separated text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=end).writerows(table)
    return stream.getvalue().encode(encoding)


def workbook(table: Sequence[Sequence[str]]) -> bytes:
    """Return a table as a workbook, with numbers where they look like numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in table:
        sheet.append([float(cell) if cell.replace(".", "", 1).isdigit() else cell or None for cell in cells])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def written(folder: Path, files: Mapping[str, bytes], kind: Kind) -> list[SourceFile]:
    """Write files into a folder and return them as recognised."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [SourceFile(kind, folder / name) for name in files]
