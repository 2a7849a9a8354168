"""The Article downloads of the Medicare Coverage Database, and what is said of a code by them."""

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.model import System
from services.lookup.coverage.model import Role, supports
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.kinds import Answers, Found
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source
from services.lookup.index.coverage import ARTICLES, ARTICLES_ID, CODE_COVERAGE, coverage_id, wants
from services.lookup.messages.coverage import coverage
from services.lookup.sources.coverage import read_coverage
from services.lookup.sources.coverage_tables import is_coverage
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile

Tables = dict[str, list[list[str]]]

DAY = date(2026, 3, 1)
AMA = "a synthetic procedure text"


# Article 100 is active, its version 7 is to come; 200 is retired, 300 is proposed, 400 was never revised.
TABLES = {
    "article": """
article_id,article_version,title,article_pub_date,article_eff_date,article_end_date,description,status,\
article_rev_end_date,date_retired
100,5,"Bumps, seen",2019-10-01 00:00:00,2025-01-01 00:00:00,,,A,,
100,7,"Bumps, seen",2019-10-01 00:00:00,2026-09-01 00:00:00,,"<p>two
lines",A,,
200,3,Tears,2019-10-01,2024-01-01,2026-02-01,,R,,01/31/2026
300,1,Proposed,2026-01-01,,,,P,,
400,2,Dénts,2020-01-01,,,,A,,
""",
    "article_x_hcpc_code": f"""
article_id,article_version,hcpc_code_id,hcpc_code_group,range,long_description,short_description
100,5,93306,1,N,{AMA},{AMA}
100,5,93306,2,N,{AMA},{AMA}
100,7,93306,1,N,{AMA},{AMA}
200,3,C8929,1,N,{AMA},{AMA}
300,1,93306,1,N,{AMA},{AMA}
400,2,93306,,N,{AMA},{AMA}
""",
    "article_x_icd10_covered": """
article_id,article_version,icd10_code_id,icd10_covered_group,range,description,asterisk
100,5,A18.84,1,B,text,N
100,5,I10,1,E,text,N
100,5,I10,2,N,text,Y
200,3,I10,1,N,text,N
400,2,XX000,1,N,Not Applicable,N
400,2,N/A,1,N,,N
""",
    "article_x_icd10_noncovered": """
article_id,article_version,icd10_code_id,icd10_noncovered_group,range,description
400,2,I10,1,N,text
""",
    "article_related_documents": """
article_id,article_version,related_num,r_article_id,r_article_version,r_lcd_id,r_lcd_version
100,5,1,,,33577,9
100,5,2,200,3,,
""",
    "article_x_contractor": """
article_id,article_version,article_type,contractor_id,contractor_type_id,contractor_version
100,5,6,1,8,1
100,5,6,1,9,1
400,2,6,2,9,1
400,2,6,77,9,1
""",
    "article_x_primary_jurisdiction": """
article_id,article_version,state_id
400,2,7
""",
    "contractor": """
contractor_id,contractor_type_id,contractor_version,contractor_bus_name,state_id
1,8,1,"North Services, LLC",7
1,9,1,"North Services, LLC",7
2,9,1,South Services,7
""",
    "contractor_type_lookup": """
contractor_type_id,description
8,MAC - Part A
9,MAC - Part B
""",
    "contractor_jurisdiction": """
contractor_id,contractor_type_id,contractor_version,state_id,active_date,term_date
1,8,1,7,2019-01-01 00:00:00,
1,9,1,65,2019-01-01 00:00:00,
1,9,1,9,2019-01-01 00:00:00,2020-01-01 00:00:00
2,9,1,65,2019-01-01 00:00:00,
""",
    "state_lookup": """
state_id,state_abbrev,description
7,CT,Connecticut
65,UN,New York - Upstate
9,FL,Florida
""",
    "update_period": """
period_id,begin_date,dis_end_date
1,2026-02-09 00:00:00,2026-02-16 00:00:00
2,2026-02-02 00:00:00,2026-02-09 00:00:00
""",
}


def tables() -> Tables:
    return {name: list(csv.reader(io.StringIO(text.lstrip(), newline=""))) for name, text in TABLES.items()}


def written(rows: list[list[str]], end: str = "\n", encoding: str = "utf-8") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=end).writerows(rows)
    return stream.getvalue().encode(encoding)


def files(folder: Path, content: Mapping[str, bytes]) -> list[SourceFile]:
    folder.mkdir(exist_ok=True)
    for name, each in content.items():
        (folder / f"{name}.csv").write_bytes(each)
    return [SourceFile(Kind.COVERAGE, folder / f"{name}.csv") for name in content]


def archive(path: Path, content: Mapping[str, bytes]) -> list[SourceFile]:
    with zipfile.ZipFile(path, "w") as made:
        for name, each in content.items():
            made.writestr(f"{name}.csv", each)
    return [SourceFile(Kind.COVERAGE, path, f"{name}.csv") for name in content]


def read(folder: Path, content: Tables | None = None, told: Told | None = None) -> FactEdition:
    each = {name: written(rows) for name, rows in (content or tables()).items()}
    (edition,) = read_coverage(files(folder, each), told or Told())
    return edition


def answered(edition: FactEdition, system: System, code: str) -> Answers:
    """What a fetch of the wants of a code finds."""
    documents = dict(edition.documents)
    load = FactLoad(
        source=edition.source,
        edition=edition.label,
        effective_from=edition.effective_from,
        effective_to=edition.effective_to,
        rows=edition.rows,
        left_out=edition.left_out,
        codes=edition.codes,
        documents=len(edition.documents),
        loaded_at=datetime(2026, 2, 20, tzinfo=UTC),
        origin=edition.origin,
        content="",
        index="facts",
    )
    found = {}
    for want in wants(system, code):
        fact = want.kind.read(want.id, documents[want.id]) if want.id in documents else None
        found[want] = Found(Source.COVERAGE, FactChoice(load, True), (load,), fact)
    return Answers(found)


def section(edition: FactEdition, system: System, code: str, day: date = DAY) -> pb.Coverage:
    return coverage(system, code, answered(edition, system, code), day)


def test_a_procedure_shows_the_articles_that_are_about_it(tmp_path: Path) -> None:
    found = section(read(tmp_path), System.CPT, "93306")

    assert found.availability == pb.AVAILABILITY_AVAILABLE
    assert found.articles[0] == pb.CoverageArticle(
        article="A100",
        title="Bumps, seen",
        version=5,
        lcds=["L33577"],
        contractors=["North Services, LLC (MAC - Part A, MAC - Part B)"],
        states=["CT", "New York - Upstate"],
        effective_from="2025-01-01",
        effective_to="2026-08-31",
        role=pb.COVERAGE_ROLE_PROCEDURE,
        groups=[1, 2],
        url="https://www.cms.gov/medicare-coverage-database/view/article.aspx?articleid=100&ver=5",
    )
    assert [article.article for article in found.articles] == ["A100", "A400"]
    assert found.status.release.name == "Medicare Coverage Database 2026-02-16"


def test_a_diagnosis_shows_where_it_is_covered_and_where_not(tmp_path: Path) -> None:
    found = section(read(tmp_path), System.ICD10CM, "I10")

    assert [(one.article, one.role, list(one.groups)) for one in found.articles] == [
        ("A100", pb.COVERAGE_ROLE_COVERED_DIAGNOSIS, [1, 2]),
        ("A400", pb.COVERAGE_ROLE_NONCOVERED_DIAGNOSIS, [1]),
    ]


def test_an_article_applies_in_its_own_jurisdiction_before_that_of_its_contractors(tmp_path: Path) -> None:
    found = section(read(tmp_path), System.CPT, "93306")

    assert list(found.articles[1].states) == ["CT"]
    assert list(found.articles[1].groups) == []


@pytest.mark.parametrize(
    ("day", "versions"), [(date(2024, 12, 31), []), (date(2026, 8, 31), [5]), (date(2026, 9, 1), [7])]
)
def test_a_version_applies_until_the_next_begins(tmp_path: Path, day: date, versions: list[int]) -> None:
    found = section(read(tmp_path), System.CPT, "93306", day)

    assert [one.version for one in found.articles if one.article == "A100"] == versions


def test_a_retired_article_applies_until_it_was_retired(tmp_path: Path) -> None:
    edition = read(tmp_path)

    assert [one.article for one in section(edition, System.HCPCS, "C8929", date(2026, 1, 31)).articles] == ["A200"]
    after = section(edition, System.HCPCS, "C8929", date(2026, 2, 1))
    assert after.availability == after.status.availability == pb.AVAILABILITY_NONE
    assert not after.articles


def test_a_code_that_no_article_names_has_none(tmp_path: Path) -> None:
    assert section(read(tmp_path), System.CPT, "99213").availability == pb.AVAILABILITY_NONE


def test_articles_name_no_procedures_of_icd10pcs() -> None:
    assert wants(System.ICD10PCS, "0DTJ4ZZ") == []


def test_an_article_counts_its_diagnoses(tmp_path: Path) -> None:
    edition = read(tmp_path)

    articles = answered(edition, System.CPT, "93306").get(ARTICLES, ARTICLES_ID).fact
    assert articles is not None
    assert {(one.id, one.version): (one.covered, one.noncovered) for one in articles.values()} == {
        ("A100", 5): (2, 0),
        ("A100", 7): (0, 0),
        ("A200", 3): (1, 0),
        ("A400", 2): (0, 1),
    }


def test_the_articles_that_name_a_procedure_and_a_diagnosis_say_whether_it_supports_it(tmp_path: Path) -> None:
    edition = read(tmp_path)
    found = answered(edition, System.CPT, "93306")
    procedure = found.get(CODE_COVERAGE, coverage_id(System.CPT, "93306")).fact
    articles = found.get(ARTICLES, ARTICLES_ID).fact
    documents = dict(edition.documents)
    diagnosis = CODE_COVERAGE.read("", documents["icd10:I10"])
    assert procedure
    assert articles

    assert [(article.id, role) for article, role in supports(procedure, diagnosis, articles, DAY)] == [
        ("A100", Role.COVERED_DIAGNOSIS),
        ("A400", Role.NONCOVERED_DIAGNOSIS),
    ]


def test_every_record_is_taken_or_counted_with_the_reason(tmp_path: Path) -> None:
    edition = read(tmp_path)

    assert edition.rows == sum(len(rows) - 1 for rows in tables().values())
    assert edition.left_out == {
        "article: neither approved nor retired": 1,
        "article_x_hcpc_code: of an article that is not taken": 1,
        "article_x_icd10_covered: not applicable": 1,
        "article_x_icd10_covered: not a code": 1,
        "article_related_documents: not an LCD": 1,
        "article_x_contractor: of an unknown contractor": 1,
        "contractor_jurisdiction: ended": 1,
    }
    assert edition.codes == len(edition.documents) - 1 == 4


def test_no_text_of_a_procedure_is_kept(tmp_path: Path) -> None:
    assert AMA not in str(list(read(tmp_path).documents))


def test_a_snapshot_answers_from_its_date_on(tmp_path: Path) -> None:
    edition = read(tmp_path)

    assert (edition.label, edition.effective_from, edition.effective_to) == ("2026-02-16", date(2026, 2, 16), date.max)


def test_without_its_update_periods_a_snapshot_is_of_the_month_of_its_name(tmp_path: Path) -> None:
    content = {name: written(rows) for name, rows in tables().items() if name != "update_period"}

    (edition,) = read_coverage(archive(tmp_path / "current_article_2025-08.zip", content), Told())

    assert (edition.label, edition.effective_from) == ("2025-08", date(2025, 8, 1))
    with pytest.raises(SourceError, match="--edition and --effective-from"):
        list(read_coverage(files(tmp_path, content), Told()))


def test_what_the_operator_says_goes_first(tmp_path: Path) -> None:
    told = Told(edition="winter", effective_from=date(2026, 1, 1), effective_to=date(2026, 6, 30))

    edition = read(tmp_path, told=told)

    assert (edition.label, edition.effective_from, edition.effective_to) == (
        "winter",
        date(2026, 1, 1),
        date(2026, 6, 30),
    )


def test_each_folder_or_archive_is_a_snapshot_of_its_own(tmp_path: Path) -> None:
    content = {name: written(rows) for name, rows in tables().items()}
    later = {**content, "update_period": b"period_id,begin_date,end_date\n3,2026-02-16,2026-02-23\n"}
    lcds = {name: content[name] for name in ("contractor", "state_lookup")}

    found = read_coverage(
        [
            *files(tmp_path / "unpacked", content),
            *archive(tmp_path / "current_article.zip", later),
            *archive(tmp_path / "current_lcd.zip", lcds),
        ],
        Told(),
    )

    assert [(edition.label, edition.origin) for edition in found] == [
        ("2026-02-16", "article.csv"),
        ("2026-02-23", "current_article.zip"),
    ]


@pytest.mark.parametrize("missing", sorted(set(tables()) - {"update_period", "article"}))
def test_a_snapshot_that_lacks_a_table_is_refused(tmp_path: Path, missing: str) -> None:
    content = tables()
    del content[missing]

    with pytest.raises(SourceError, match=rf"expected {missing}\.csv"):
        read(tmp_path, content)


def test_tables_without_articles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"expected article\.csv"):
        read(tmp_path, {"contractor": tables()["contractor"]})
    with pytest.raises(SourceError, match="expected articles, found none"):
        read(tmp_path, {**tables(), "article": tables()["article"][:1]})


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("article", "article_eff_date", "soon", "line 2: expected a date as article_eff_date, found 'soon'"),
        ("article", "article_id", "A100", "line 2: expected a number as article_id, found 'A100'"),
        (
            "article_x_icd10_covered",
            "icd10_covered_group",
            "one",
            "line 2: expected a number as icd10_covered_group, found 'one'",
        ),
        ("contractor_jurisdiction", "state_id", "99", r"line 2: expected a state of state_lookup\.csv, found 99"),
    ],
)
def test_a_cell_that_is_not_what_it_should_be_is_named(
    tmp_path: Path, table: str, column: str, value: str, message: str
) -> None:
    content = tables()
    content[table][1][content[table][0].index(column)] = value

    with pytest.raises(SourceError, match=message):
        read(tmp_path, content)


def test_only_the_tables_that_are_read_are_recognised() -> None:
    assert all(is_coverage(rows) for rows in tables().values())
    for other in (
        ["article_id", "article_version", "hcpc_code_group", "paragraph", "last_updated"],
        ["article_id", "article_version", "hcpc_code_id", "code_table_row", "brand_name"],
        ["lcd_id", "lcd_version", "r_article_id", "r_lcd_id"],
        ["contractor_subtype_id", "description"],
        ["document_display_id", "document_id", "document_type", "title", "url"],
    ):
        assert not is_coverage([other])
    assert not is_coverage([])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("snapshot")


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_the_form_of_the_tables_does_not_matter(folder: Path, data: st.DataObject) -> None:
    """Line ends, encodings, the order of columns and of records, and records that are given twice."""
    expected = read(folder)
    content = {}
    for name, (heading, *records) in tables().items():
        order = data.draw(st.permutations(range(len(heading))))
        again = data.draw(st.lists(st.sampled_from(records), max_size=3)) if name != "article" else []
        shuffled = data.draw(st.permutations([*records, *again]))
        rows = [[row[place] for place in order] for row in (heading, *shuffled)]
        end, encoding = (
            data.draw(st.sampled_from(["\n", "\r\n"])),
            data.draw(st.sampled_from(["utf-8", "cp1252"])),
        )
        content[name] = written(rows, end, encoding)

    (edition,) = read_coverage(files(folder, content), Told())

    for (id, facts), (as_expected, wanted) in zip(sorted(edition.documents), sorted(expected.documents), strict=True):
        kind = ARTICLES if id == ARTICLES_ID else CODE_COVERAGE
        assert id == as_expected
        if kind is ARTICLES:
            assert facts == wanted
        else:
            assert {
                role: {key: sorted(groups) for key, groups in named.items()} for role, named in facts.items()
            } == wanted


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_table_that_is_cut_in_a_record_is_refused(folder: Path, data: st.DataObject) -> None:
    content = {name: written(rows) for name, rows in tables().items()}
    name = data.draw(st.sampled_from(sorted(content)))
    begin = content[name].index(b"\n") + 1
    cuts = [at for at in range(begin + 1, len(content[name])) if content[name][at - 1 : at] != b"\n"]
    content[name] = content[name][: data.draw(st.sampled_from(cuts))]

    with pytest.raises(SourceError):
        list(read_coverage(files(folder, content), Told()))


@settings(deadline=None, max_examples=60)
@given(data=st.data(), garbage=st.binary(max_size=200))
def test_garbage_is_refused_and_never_breaks_the_reader(folder: Path, data: st.DataObject, garbage: bytes) -> None:
    content = {name: written(rows) for name, rows in tables().items()}
    name = data.draw(st.sampled_from(sorted(content)))
    heading = content[name].index(b"\n") + 1
    content[name] = content[name][:heading] + b'"' + garbage

    with pytest.raises(SourceError):
        list(read_coverage(files(folder, content), Told()))
