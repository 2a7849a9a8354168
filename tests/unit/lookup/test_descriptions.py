"""Common-language descriptions, from their files."""

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lookup.codes.description import Collection, Description
from services.lookup.codes.model import System
from services.lookup.sources.description import is_description, read_description
from services.lookup.sources.descriptions import read_collection, read_samples
from services.lookup.sources.errors import SourceError
from services.lookup.sources.icd10cm import carried_release
from services.lookup.sources.recognition import recognise

TODAY = date(2026, 6, 15)

FILE = """---
system: icd10cm
code: E11.9
author: An editor
reviewed_on: 2026-03-02
---
# Sugar

What it means.

- And what not.
"""


def written(description: Description, *, bom: bool = False, line_end: str = "\n") -> bytes:
    """Return a file as an editor's program writes it."""
    author = json.dumps(description.author, ensure_ascii=False)
    text = (
        f"---\nsystem: {description.system}\ncode: {description.code}\nauthor: {author}\n"
        f"reviewed_on: {description.reviewed_on}\n---\n# {description.title}\n\n{description.text}\n"
    )
    return (b"\xef\xbb\xbf" if bom else b"") + text.replace("\n", line_end).encode()


def refusal_of(read: Callable[[], object]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read()
    return caught.value


# Words in any script, without what Markdown or YAML would take for a sign of its own.
_words = st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1), min_size=1, max_size=8).map(" ".join)
_codes = st.sampled_from(
    [
        (System.ICD10CM, "E11.9"),
        (System.ICD10CM, "I10"),
        (System.ICD10PCS, "0016070"),
        (System.HCPCS, "J1885"),
        (System.CPT, "20553"),
        (System.CPT, "00100"),
        (System.CPT, "0001F"),
    ]
)
_descriptions = st.builds(
    lambda code, title, lines, author, reviewed_on: Description(
        code[0], code[1], title, "\n\n".join(lines), author, reviewed_on
    ),
    _codes,
    _words.filter(lambda words: len(words) <= 200),
    st.lists(_words, min_size=1, max_size=4).filter(lambda lines: sum(map(len, lines)) < 7000),
    _words.filter(lambda words: len(words) <= 100),
    st.dates(date(2000, 1, 1), TODAY),
)


@given(_descriptions, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_a_description_is_read_whichever_way_it_was_saved(description: Description, bom: bool, line_end: str) -> None:
    content = written(description, bom=bom, line_end=line_end)
    assert is_description(content)
    assert read_description(content, "a.md", TODAY) == description


@given(_descriptions, st.booleans(), st.sampled_from(["\n", "\r\n"]), st.data())
def test_a_file_that_is_cut_before_its_text_is_refused(
    description: Description, bom: bool, line_end: str, data: st.DataObject
) -> None:
    content = written(description, bom=bom, line_end=line_end)
    text_begins = len(content) - len(written(description, line_end=line_end).split(line_end.encode() * 2, 1)[1])
    cut = content[: data.draw(st.integers(0, text_begins))]
    assert refusal_of(lambda: read_description(cut, "a.md", TODAY)).file == "a.md"


@given(st.integers(0, len(FILE)), st.integers(0, 9), st.sampled_from("[]{}:&*!|'\"%?#-<\n\t\x00") | st.text(max_size=4))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(place: int, cut: int, put: str) -> None:
    content = (FILE[:place] + put + FILE[place + cut :]).encode()
    with suppress(SourceError):
        read_description(content, "a.md", TODAY)


def test_the_heading_is_the_title_and_the_rest_the_text() -> None:
    assert read_description(FILE.encode(), "a.md", TODAY) == Description(
        System.ICD10CM, "E11.9", "Sugar", "What it means.\n\n- And what not.", "An editor", date(2026, 3, 2)
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("author: An editor\n", "", None, "missing: author"),
        ("author: An editor", "author:", 4, "expected author to have one value"),
        ("author: An editor", "author: [one, two]", 4, "expected author to have one value"),
        ("author: An editor", f"author: {'x' * 101}", 4, "at most 100 printable characters"),
        ("author: An editor", 'author: "An\\0editor"', 4, "at most 100 printable characters"),
        ("author: An editor", "author: An editor\nrating: 5", 5, "found 'rating'"),
        ("author: An editor", "author: An editor\ncode: E11", 5, "expected the field code once"),
        ("author: An editor", "author: 'An editor", 6, "expected YAML"),
        ("system: icd10cm", "system: icd11", 2, "one of icd10cm, icd10pcs, hcpcs, cpt"),
        ("code: E11.9", "code: 99213", 3, "expected an ICD-10-CM code such as E11.9"),
        ("2026-03-02", "last March", 5, "expected reviewed_on to be a date as YYYY-MM-DD"),
        ("2026-03-02", "20260302", 5, "expected reviewed_on to be a date as YYYY-MM-DD"),
        ("2026-03-02", "2026-06-16", 5, "not to be after today, 2026-06-15"),
        ("---\n# Sugar", "# Sugar", None, "expected a front matter"),
        ("# Sugar\n", "", 8, "expected a text that begins with a heading"),
        ("# Sugar", "## Sugar", 7, "expected a text that begins with a heading"),
        ("# Sugar", "#", 7, "expected a text that begins with a heading"),
        ("# Sugar", f"# {'x' * 201}", 7, "at most 200 characters"),
        ("What it means.\n\n- And what not.\n", "", None, "a text of 1 to 8000 characters"),
        ("What it means.", "x" * 8001, None, "a text of 1 to 8000 characters"),
        ("What it means.", "What <b>it</b> means.", 9, "without raw HTML"),
        ("What it means.", "<script>alert(1)</script>", 9, "without raw HTML"),
        ("What it means.", "<!-- what it means -->", 9, "without raw HTML"),
        ("What it means.", "What it \x00 means.", 9, "without control characters"),
        ("What it means.", "x" * 100_000, None, "at most 100000 bytes"),
    ],
)
def test_a_fault_is_refused_with_file_line_and_what_was_expected(
    old: str, new: str, line: int | None, message: str
) -> None:
    assert old in FILE
    content = FILE.replace(old, new, 1).encode()
    refusal = refusal_of(lambda: read_description(content, "a.md", TODAY))
    assert (refusal.file, refusal.line) == ("a.md", line)
    assert message in refusal.message


def test_a_file_in_another_encoding_is_refused_with_its_line() -> None:
    content = FILE.replace("What it", "Fianc\u00e9 it").encode("latin-1")
    refusal = refusal_of(lambda: read_description(content, "a.md", TODAY))
    assert (refusal.line, refusal.message) == (9, "expected UTF-8")


def test_signs_that_look_like_html_are_text() -> None:
    text = "`<b>` and a < b > c, and \\<i>"
    content = FILE.replace("What it means.", text).encode()
    assert read_description(content, "a.md", TODAY).text.startswith(text)


# Collections


def folder_of(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def collected(*paths: Path) -> Collection:
    return read_collection(recognise(paths).files, TODAY)


def test_a_folder_and_a_zip_of_it_are_the_same_collection(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "texts", **{"a/one": FILE, "b/two": FILE.replace("E11.9", "I10")})
    archive = tmp_path / "texts.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for file in sorted(folder.rglob("*.md")):
            opened.write(file, file.relative_to(folder))
    from_folder, from_archive = collected(folder), collected(archive)
    assert [one.code for one in from_folder.descriptions] == ["E11.9", "I10"]
    assert from_archive.descriptions == from_folder.descriptions
    assert (from_folder.origin, from_archive.origin) == ("texts", "texts.zip")


def test_a_collection_is_called_by_its_last_review(tmp_path: Path) -> None:
    other = FILE.replace("E11.9", "I10").replace("2026-03-02", "2025-12-31")
    assert collected(folder_of(tmp_path, one=FILE, two=other)).label == "reviewed 2026-03-02"


def test_a_code_that_is_described_twice_is_refused_with_both_files(tmp_path: Path) -> None:
    refusal = refusal_of(lambda: collected(folder_of(tmp_path, one=FILE, two=FILE.replace("E11.9", "e119"))))
    assert (refusal.file, refusal.message) == (
        "one.md and two.md",
        "expected each code once, found icd10cm E11.9 in both",
    )


def test_other_markdown_is_passed_over_and_a_description_without_its_code_is_not(tmp_path: Path) -> None:
    other = "---\ntitle: How we write\n---\nsystem: of this folder\n"
    folder_of(tmp_path, README="# How we write\n", style=other, one=FILE)
    assert set(recognise([tmp_path]).passed_over) == {"README.md", "style.md"}
    folder_of(tmp_path, two=FILE.replace("code: E11.9\n", ""))
    assert refusal_of(lambda: collected(tmp_path)).file == "two.md"


def test_files_of_codes_beside_descriptions_are_left_alone(tmp_path: Path) -> None:
    folder_of(tmp_path, one=FILE)
    assert len(collected(tmp_path, carried_release()).descriptions) == 1
    with pytest.raises(SourceError, match="expected at least one common-language description"):
        collected(carried_release())


def test_the_samples_are_useful_and_signed() -> None:
    samples = read_samples(date(2026, 4, 1))
    assert samples.samples
    assert len(samples.descriptions) == 25
    assert {one.author for one in samples.descriptions} == {"Coding Ahead editors"}
    assert (System.CPT, "20553") in {(one.system, one.code) for one in samples.descriptions}
    for one in samples.descriptions:
        assert 60 <= len(one.text.split()) <= 180, one.code
