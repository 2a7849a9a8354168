"""Fees and indicators of the physician fee schedule in answers."""

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Verdict
from services.assistant.composing.fees import fee
from services.assistant.question import Aspect, Topic
from tests.unit.assistant_procedures import FakeLookup, answered, code, question

ENDOSCOPY = {"multiple procedures": "3", "endoscopic base code": "11110", "global days": "000"}
SURGERY = {
    **{"global days": "090", "preoperative share": "0.07000000000000002", "intraoperative share": "0.81"},
    **{"postoperative share": "0.12", "team surgery": "2"},
}
SUPERVISION = "supervision of diagnostic procedures"
WHOLE_TEST = {"professional and technical components": "1", SUPERVISION: "09", "global days": "XXX"}
BOSTON = pb.Locality(
    locality="14212-01", state="MA", name="BOSTON", work_gpci="1.042", pe_gpci="1.197", mp_gpci="0.894"
)


def priced(rows: dict[str, dict[str, str]]) -> FakeLookup:
    """Return a lookup with the indicators of codes, of a component those of the code and its modifier."""

    def fees(request: pb.GetFeesRequest) -> pb.GetFeesResponse:
        found = rows["-".join((request.code, *request.modifiers))]
        indicators = [pb.FeeIndicator(name=name, value=value, meaning="Meant.") for name, value in found.items()]
        for one in indicators:
            if one.name == "endoscopic base code":
                one.meaning = ""
        row = pb.FeeRow(status=pb.FeeIndicator(value="A"), indicators=indicators)
        return pb.GetFeesResponse(row=row, locality=BOSTON if request.locality else None)

    return FakeLookup(GetFees=fees, ListLocalities=lambda _: pb.ListLocalitiesResponse(localities=[BOSTON]))


@pytest.mark.parametrize(
    ("aspect", "row", "said"),
    [
        (Aspect.ENDOSCOPIC_BASE, ENDOSCOPY, "The endoscopic base code of **11111** on 2024-08-15 is **11110**."),
        (Aspect.ENDOSCOPIC_BASE, SURGERY, "The fee schedule names no endoscopic base code for **11111**"),
        (Aspect.SHARES, SURGERY, "the preoperative share is 7%, the intraoperative 81%"),
        (Aspect.SHARES, SURGERY, "With modifier 54 the surgeon is paid 88%, with modifier 55 the care after"),
        (Aspect.SHARES, ENDOSCOPY, "has no pre-, intra- and postoperative shares. Global days: 000. Meant."),
        (Aspect.TEAM, SURGERY, "**11111** has team surgery indicator 2 on 2024-08-15: Meant."),
        (Aspect.INDICATORS, ENDOSCOPY, "- endoscopic base code: 11110\n- global days: 000. Meant."),
    ],
)
async def test_what_is_asked_of_the_fee_schedule_comes_first(aspect: Aspect, row: dict[str, str], said: str) -> None:
    asked = question(Topic.FEE, code("11111"), aspects=frozenset({aspect}), binary=False)
    answer = await answered(fee, asked, priced({"11111": row}))

    assert said in answer.body
    assert "Medicare allows" not in answer.body


@pytest.mark.parametrize(
    ("text", "printed", "verdict"),
    [
        ("does 11111 need direct supervision", "01", Verdict.NO),
        ("does 11111 need direct supervision", "02", Verdict.YES),
        ("does 11111 need supervision", "02", Verdict.YES),
        ("does 11111 need supervision", "09", Verdict.NO),
        ("does 11111 need direct supervision", "21", None),
        ("general or direct supervision of 11111", "01", None),
    ],
)
async def test_a_test_is_supervised_as_its_technical_component(
    text: str, printed: str, verdict: Verdict | None
) -> None:
    lookup = priced({"11111": WHOLE_TEST, "11111-TC": WHOLE_TEST | {SUPERVISION: printed}})
    asked = question(Topic.FEE, code("11111"), text=text, aspects=frozenset({Aspect.SUPERVISION}))
    answer = await answered(fee, asked, lookup)

    assert answer.verdict is verdict
    assert f"indicator {printed} on 2024-08-15" in answer.body


@pytest.mark.parametrize(
    ("text", "printed", "verdict"),
    [
        ("is 11111 inherently bilateral", "1", Verdict.NO),
        ("is 11111 inherently bilateral", "2", Verdict.YES),
        ("is 11111 inherently bilateral", "0", None),
        ("can 11111 be billed bilateral", "2", Verdict.NO),
        ("does 11111 have a bilateral indicator", "1", Verdict.YES),
        ("does 11111 have a bilateral indicator", "0", None),
    ],
)
async def test_a_verdict_never_denies_the_indicator_it_stands_by(
    text: str, printed: str, verdict: Verdict | None
) -> None:
    asked = question(Topic.FEE, code("11111"), text=text, aspects=frozenset({Aspect.BILATERAL}))

    assert (await answered(fee, asked, priced({"11111": {"bilateral surgery": printed}}))).verdict is verdict


@pytest.mark.parametrize(
    ("row", "verdict"), [(ENDOSCOPY, Verdict.YES), (SURGERY, Verdict.NO)], ids=["named", "not named"]
)
async def test_a_code_has_an_endoscopic_base_or_none(row: dict[str, str], verdict: Verdict) -> None:
    asked = question(Topic.FEE, code("11111"), aspects=frozenset({Aspect.ENDOSCOPIC_BASE}))

    assert (await answered(fee, asked, priced({"11111": row}))).verdict is verdict


async def test_indicators_of_several_codes_are_a_table() -> None:
    aspects = frozenset({Aspect.ENDOSCOPIC_BASE, Aspect.SHARES, Aspect.GLOBAL_DAYS})
    asked = question(Topic.FEE, code("11111"), code("22222"), aspects=aspects, binary=False)
    answer = await answered(fee, asked, priced({"11111": ENDOSCOPY, "22222": SURGERY}))

    assert "| **11111** | 000. Meant. | none | 11110 |" in answer.body
    assert "| **22222** | 090. Meant. | preoperative 7%, intraoperative 81%, postoperative 12% | none |" in answer.body


@pytest.mark.parametrize(
    ("aspects", "asked_for"),
    [({Aspect.PAYMENT}, [["26"], ["TC"]]), (set[Aspect](), [["26"], ["TC"]]), ({Aspect.COMPONENTS}, [[]])],
)
async def test_amounts_of_both_components_are_those_of_each(aspects: set[Aspect], asked_for: list[list[str]]) -> None:
    lookup = priced({"11111": WHOLE_TEST, "11111-26": WHOLE_TEST, "11111-TC": WHOLE_TEST})
    asked = question(Topic.FEE, code("11111", "26", "TC"), aspects=frozenset(aspects), binary=False)
    await answered(fee, asked, lookup)

    assert [[*one.modifiers] for one in lookup.requests(pb.GetFeesRequest)] == asked_for


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gpci of Boston, PE and malpractice alone", "(14212-01): practice expense 1.197, malpractice 0.894"),
        ("gpci of Boston", "(14212-01): work 1.042, practice expense 1.197, malpractice 0.894"),
    ],
)
async def test_the_indices_of_a_locality_that_are_asked_for(text: str, said: str) -> None:
    asked = question(Topic.FEE, text=text, locality="Boston", binary=False)

    assert said in (await answered(fee, asked, priced({"99213": SURGERY}))).body


async def test_indices_without_a_locality_are_asked_back_for_it() -> None:
    asked = question(Topic.FEE, text="gpci values of a locality", binary=False)

    assert "which payment locality" in (await answered(fee, asked, priced({}))).body


@pytest.mark.parametrize(
    ("named", "beside", "text", "asked_for"),
    [
        (("26", "TC"), (), "11111 TC / 26 / global", [["26"], ["TC"], []]),
        (("26", "TC"), (), "11111 w/ 26, w/ TC, with nothing", [["26"], ["TC"], []]),
        (("26",), (), "11111-26 vs global", [["26"], []]),
        (("26",), (), "11111-26, compared with the whole thing", [["26"], []]),
        (("26",), ("TC",), "11111 26 and TC", [["26"], ["TC"]]),
        (("26",), (), "11111-26, and its global days", [["26"]]),
    ],
)
async def test_the_whole_service_is_priced_beside_its_components(
    named: tuple[str, ...], beside: tuple[str, ...], text: str, asked_for: list[list[str]]
) -> None:
    lookup = priced({"11111": WHOLE_TEST, "11111-26": WHOLE_TEST, "11111-TC": WHOLE_TEST})
    await answered(fee, question(Topic.FEE, code("11111", *named), text=text, modifiers=beside, binary=False), lookup)

    assert [[*one.modifiers] for one in lookup.requests(pb.GetFeesRequest)] == asked_for
