"""Claims are checked against what is loaded, over a real Elasticsearch."""

from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.catalog.editions import EditionCatalog
from services.lookup.catalog.facts import FactCatalog
from services.lookup.checking import Checker
from services.lookup.codes.history import Conversion
from services.lookup.codes.model import Edition, Entry, Level, System
from services.lookup.codes.modifier import Modifier
from services.lookup.codes.place import Place
from services.lookup.edits.check import ClaimFindings, Finding, FindingKind, Verdict
from services.lookup.edits.claim import Claim
from services.lookup.edits.model import (
    AddOnHistory,
    AddOnWindow,
    AdjudicationIndicator,
    ModifierIndicator,
    Mue,
    PtpTerms,
)
from services.lookup.edits.table import PtpTable
from services.lookup.facts.edition import Document, FactEdition
from services.lookup.facts.source import Source
from services.lookup.index.edits import PtpDocuments, add_on_document, mue_document
from services.lookup.index.history import conversion_documents
from services.lookup.index.modifiers import modifier_document
from services.lookup.index.places import place_documents
from services.lookup.messages import checks as messages
from services.lookup.store import Access, Store
from tests.integration.lookup_edition import small_edition
from tests.integration.lookup_index import SECONDS, TODAY, opened_store, reloaded, wiped

QUARTER = (date(2026, 4, 1), date(2026, 6, 30))


def edition(source: Source, documents: Iterable[Document]) -> FactEdition:
    every = list(documents)
    return FactEdition(
        source=source,
        label="2026Q2",
        effective_from=QUARTER[0],
        effective_to=QUARTER[1],
        origin="a file",
        rows=len(every),
        codes=len(every),
        documents=every,
    )


def pairs() -> PtpDocuments:
    table = PtpTable()
    for column1, column2, indicator in (("11111", "22222", "1"), ("11111", "33333", "0")):
        terms = PtpTerms(
            effective_from=date(2020, 1, 1),
            effective_to=None,
            indicator=ModifierIndicator(indicator),
            rationale="Because",
        )
        table.add(column1, column2, table.number(terms))
    table.settle()
    return PtpDocuments(table)


def facts() -> list[FactEdition]:
    limits = {"11111": 1, "22222": 4, "33333": 9, "J1885": 8}
    policy = AdjudicationIndicator.DATE_OF_SERVICE_POLICY
    primary = AddOnWindow("11111", 1, None, None)
    add_on = AddOnWindow("22222", 1, None, None)
    return [
        edition(Source.PTP_PRACTITIONER, pairs()),
        edition(
            Source.MUE_PRACTITIONER, [(code, mue_document(Mue(code, n, policy, ""))) for code, n in limits.items()]
        ),
        edition(
            Source.ADD_ON_CODES,
            [
                ("22222", add_on_document(AddOnHistory("22222", (primary,), ()))),
                ("11111", add_on_document(AddOnHistory("11111", (), (add_on,)))),
            ],
        ),
        edition(Source.MODIFIERS_HCPCS, [modifier_document(Modifier(one, one)) for one in ("LT", "RT", "XS")]),
        edition(Source.PLACE_OF_SERVICE, place_documents([Place("11", "Office", "", None)])),
        edition(Source.CONVERSION, conversion_documents([Conversion("E11.9", date(2025, 10, 1), ("E11.8",), "E11.8")])),
    ]


def hcpcs() -> Edition:
    entry = Entry("J1885", Level.CODE, "A drug", "", 1, billable=True)
    return Edition(System.HCPCS, "2026", date(2026, 1, 1), date(2026, 12, 31), "a file", (entry,))


@pytest.fixture(scope="module")
async def store(elasticsearch_url: str) -> AsyncIterator[Store]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        for book in (small_edition(), hcpcs()):
            await EditionCatalog(store).load(book)
        for one in facts():
            await FactCatalog(store).load(one)
        yield store


class Counted(Store):
    """A store that counts what it is asked for by index and id."""

    fetches = 0

    async def fetch_each(self, places: Any, timeout: float) -> list[Any]:
        self.fetches += 1
        return await super().fetch_each(places, timeout)


@pytest.fixture(scope="module")
async def checker(store: Store) -> Checker:
    return (await reloaded(store)).checker


def claim(*lines: pb.ClaimLine, **fields: Any) -> Claim:
    return messages.claim(pb.Claim(lines=lines, **fields), TODAY)


def line(code: str, *modifiers: str, **fields: Any) -> pb.ClaimLine:
    return pb.ClaimLine(code=code, modifiers=modifiers, **fields)


def of_kind(checked: ClaimFindings, kind: FindingKind) -> list[Finding]:
    return [one for one in checked.findings if one.kind is kind]


async def test_a_claim_without_a_fault_passes(checker: Checker) -> None:
    checked = await checker.check(
        claim(line("J1885", "LT", place_of_service="11", diagnosis_pointers=[1]), id="one", diagnoses=["E11.9"]),
        SECONDS,
    )

    assert (checked.id, checked.verdict) == ("one", Verdict.PASS)
    assert {(one.kind, one.source) for one in checked.findings} == {
        (FindingKind.PROCEDURE, "HCPCS 2026"),
        (FindingKind.MUE, "NCCI MUE practitioner 2026Q2"),
        (FindingKind.PLACE_OF_SERVICE, "Place of service 2026Q2"),
        (FindingKind.DIAGNOSIS, "ICD-10-CM FY2026 April"),
    }


async def test_edits_units_and_add_on_codes_are_found_together(checker: Checker) -> None:
    checked = await checker.check(claim(line("22222", "XS", units=5), line("33333"), line("11111")), SECONDS)

    assert checked.verdict is Verdict.FAIL
    assert [(one.verdict, one.codes) for one in of_kind(checked, FindingKind.PTP)] == [
        (Verdict.BYPASSED, ("11111", "22222")),
        (Verdict.PASS, ("22222", "33333", "11111")),
        (Verdict.FAIL, ("11111", "33333")),
    ]
    assert [one.verdict for one in of_kind(checked, FindingKind.MUE)] == [Verdict.FAIL, Verdict.PASS, Verdict.PASS]
    assert [one.verdict for one in of_kind(checked, FindingKind.ADD_ON)] == [Verdict.PASS]
    (known,) = of_kind(checked, FindingKind.PROCEDURE)
    assert (known.verdict, known.lines) == (Verdict.PASS, (1, 2, 3))
    assert "No release of CPT is loaded." in known.message


async def test_diagnoses_that_exclude_each_other_or_are_not_valid_are_found(checker: Checker) -> None:
    checked = await checker.check(
        claim(line("J1885", diagnosis_pointers=[1]), diagnoses=["E11.9", "E10.9", "E11.8", "M25.56"]), SECONDS
    )

    (excluded,) = of_kind(checked, FindingKind.EXCLUDES1)
    assert (excluded.lines, excluded.codes) == ((1,), ("E11.9", "E10.9"))
    wrong = [one for one in of_kind(checked, FindingKind.DIAGNOSIS) if one.verdict is Verdict.FAIL]
    assert [one.codes for one in wrong] == [("E11.8",), ("M25.56",)]
    assert "replaced by E11.9 on 2025-10-01 (ICD-10-CM conversion table 2026Q2)" in wrong[0].message


async def test_each_line_is_checked_on_its_own_date_and_one_that_nothing_covers_has_no_data(checker: Checker) -> None:
    checked = await checker.check(
        claim(line("11111"), line("33333", effective_on="2025-12-31"), line("22222"), diagnoses=["E11.9"]), SECONDS
    )

    (pair,) = of_kind(checked, FindingKind.PTP)
    assert (pair.lines, pair.verdict) == ((1, 3), Verdict.FAIL)
    units = {one.lines: one for one in of_kind(checked, FindingKind.MUE)}
    assert units[2,].verdict is Verdict.NO_DATA
    assert "2026Q2 (2026-04-01 to 2026-06-30)" in units[2,].message
    (unknown,) = [one for one in of_kind(checked, FindingKind.PROCEDURE) if one.verdict is Verdict.NO_DATA]
    assert unknown.lines == (2,)


async def test_todays_date_is_not_checked_against_an_edition_that_is_over(checker: Checker) -> None:
    late = messages.claim(pb.Claim(lines=[line("11111"), line("33333")]), date(2026, 7, 1))

    checked = await checker.check(late, SECONDS)

    assert checked.verdict is Verdict.NO_DATA
    assert [one.verdict for one in of_kind(checked, FindingKind.PTP)] == [Verdict.NO_DATA]


async def test_suppliers_have_units_alone(checker: Checker) -> None:
    checked = await checker.check(claim(line("11111"), line("33333"), setting=pb.SETTING_DME), SECONDS)

    assert {one.kind for one in checked.findings} == {FindingKind.PROCEDURE, FindingKind.MUE}


async def test_modifiers_are_unknown_only_where_their_list_is_loaded(checker: Checker) -> None:
    checked = await checker.check(claim(line("J1885", "ZZ", "25")), SECONDS)

    (unknown,) = of_kind(checked, FindingKind.MODIFIER)
    assert (unknown.verdict, unknown.message) == (Verdict.FAIL, "Modifier ZZ is not in HCPCS modifiers 2026Q2.")


async def test_many_claims_come_to_what_each_comes_to_alone_in_their_order(checker: Checker) -> None:
    codes = ("11111", "22222", "33333", "J1885")
    claims = [
        claim(line(codes[n % 4]), line(codes[n % 3], units=n % 5), id=str(n), diagnoses=["E11.9"]) for n in range(55)
    ]

    together = [one async for one in checker.check_all(claims, SECONDS)]

    assert together == [await checker.check(one, SECONDS) for one in claims]


async def test_the_facts_of_a_claim_are_one_fetch(store: Store, elasticsearch_url: str) -> None:
    counted = Counted(Access([elasticsearch_url]))
    try:
        await (await reloaded(counted)).checker.check(
            claim(line("11111", "LT"), line("22222"), diagnoses=["E11.9"]), SECONDS
        )
        assert counted.fetches == 1
    finally:
        await counted.close()


async def test_what_was_found_becomes_a_message(checker: Checker) -> None:
    checked = await checker.check(claim(line("11111"), line("22222", "XS"), id="one"), SECONDS)

    message = messages.response(checked)

    assert (message.id, message.verdict) == ("one", pb.VERDICT_BYPASSED)
    (pair,) = (one for one in message.findings if one.kind == pb.FINDING_KIND_PTP)
    assert (pair.verdict, list(pair.lines), list(pair.bypassed_by)) == (pb.VERDICT_BYPASSED, [1, 2], ["XS"])
    assert (pair.ptp.column1, pair.ptp.column2, pair.ptp.rationale) == ("11111", "22222", "Because")
    limits = [one.mue for one in message.findings if one.kind == pb.FINDING_KIND_MUE]
    assert [(one.value, one.units) for one in limits] == [(1, 1), (4, 1)]
