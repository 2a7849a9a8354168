"""Fees side by side: which is more, by how much, and what several come to."""

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.assistant.answer import Verdict
from services.assistant.composing.fees import fee
from services.assistant.question import Aspect, Topic
from services.assistant.understanding.places import payment_places
from tests.unit.assistant_procedures import FakeLookup, answered, code, question

# Non-facility and facility amounts, work RVU, multiple procedures indicator and endoscopic base.
PRICES = {
    "11111": ("100.00", "60.00", "2.00", "3", "33333"),
    "22222": ("80.00", "70.00", "2.00", "3", "33333"),
    "33333": ("50.00", "40.00", "1.00", "2", ""),
}
PLACES = {
    "04412-11": ("DALLAS", "TX", "10"),
    "04412-18": ("HOUSTON", "TX", "20"),
    "04412-99": ("REST OF TEXAS", "TX", "0"),
}


def priced(only_in_facility: str = "") -> FakeLookup:
    """Return a lookup of three prices; in a locality dollars are added."""

    def fees(request: pb.GetFeesRequest) -> pb.GetFeesResponse:
        non_facility, facility, work, multiple, base = PRICES[request.code]
        row = pb.FeeRow(status=pb.FeeIndicator(value="A"), work_rvu=work)
        row.indicators.add(name="multiple procedures", value=multiple, meaning="Meant.")
        if base:
            row.indicators.add(name="endoscopic base code", value=base)
        answer = pb.GetFeesResponse(row=row)
        more = 0.0
        if request.locality:
            name, state, dollars = PLACES[request.locality]
            answer.locality.CopyFrom(pb.Locality(locality=request.locality, name=name, state=state))
            more = float(dollars)
        for in_facility, amount in ((False, non_facility), (True, facility)):
            wanted = request.place_of_service in ("", "22" if in_facility else "11")
            if wanted and (in_facility or request.code != only_in_facility):
                answer.payments.add(facility=in_facility, amount=f"{float(amount) + more:.2f}")
        return answer

    localities = [pb.Locality(locality=one, name=name, state=state) for one, (name, state, _) in PLACES.items()]
    return FakeLookup(GetFees=fees, ListLocalities=lambda _: pb.ListLocalitiesResponse(localities=localities))


@pytest.mark.parametrize(
    ("text", "said", "verdict"),
    [
        ("which pays more 11111 or 33333", "**11111** with $100.00 is $50.00 more than **33333** with $50.00", None),
        ("does 11111 pay more than 33333", "Facility: **11111** with $60.00 is $20.00 more", Verdict.YES),
        ("does 33333 pay more than 11111", "is $50.00 more", Verdict.NO),
        ("does 33333 pay less than 11111", "is $50.00 more", Verdict.YES),
        ("does 11111 pay more than 22222", "Facility: **22222** with $70.00 is $10.00 more than **11111**", None),
        ("do 11111 and 33333 pay the same", "is $50.00 more", Verdict.NO),
        ("add up 11111 and 33333", "**11111** and **33333** come to $150.00 non-facility (office) or $100.00", None),
    ],
)
async def test_amounts_are_compared_and_only_then_judged(text: str, said: str, verdict: Verdict | None) -> None:
    named = [code(one) for one in text.split() if one in PRICES]
    binary = text.startswith("do")
    asked = question(Topic.FEE, *named, text=text, aspects=frozenset({Aspect.PAYMENT}), binary=binary)
    answer = await answered(fee, asked, priced())

    assert said in answer.body
    assert answer.verdict is verdict


@pytest.mark.parametrize(("other", "verdict"), [("22222", Verdict.NO), ("33333", Verdict.YES)])
async def test_relative_values_are_compared_as_they_are_named(other: str, verdict: Verdict) -> None:
    aspects = frozenset({Aspect.RELATIVE_VALUES})
    asked = question(Topic.FEE, code("11111"), code(other), text="is its work RVU higher", aspects=aspects)

    assert (await answered(fee, asked, priced())).verdict is verdict


async def test_places_are_compared_by_what_they_pay() -> None:
    text = "does Dallas pay more than Houston for 11111"
    asked = question(
        Topic.FEE, code("11111"), text=text, locality="Dallas", aspects=frozenset({Aspect.PAYMENT}), binary=True
    )
    answer = await answered(fee, asked, priced())

    assert "in HOUSTON (04412-18) with $120.00 is $10.00 more than **11111** in DALLAS (04412-11)" in answer.body
    assert answer.verdict is Verdict.NO


def test_the_city_in_brackets_after_its_state_is_the_place() -> None:
    assert payment_places("Miami and New York (Manhattan), which is higher") == ["Miami", "Manhattan"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("which locality of Texas pays most for 11111", "the highest is $120.00 in HOUSTON (04412-18)"),
        ("which locality of Texas pays least for 11111", "the lowest is $100.00 in REST OF TEXAS (04412-99)"),
        ("which part of the state pays most for 11111", "the highest is $120.00 in HOUSTON (04412-18)"),
    ],
)
async def test_the_highest_or_lowest_locality_of_a_state_is_found(text: str, said: str) -> None:
    asked = question(Topic.FEE, code("11111"), text=text, locality="Texas", binary=False)

    assert said in (await answered(fee, asked, priced())).body


async def test_places_of_service_are_answered_one_by_one_and_compared() -> None:
    text = "how much less is 11111 at POS 22 than at POS 11"
    asked = question(Topic.FEE, code("11111"), text=text, place="22", aspects=frozenset({Aspect.PAYMENT}), binary=False)
    answer = await answered(fee, asked, priced())

    assert "**11111** at POS 11 non-facility (office) with $100.00 is $40.00 more" in answer.body


async def test_an_amount_where_there_is_none_is_denied_with_the_one_that_there_is() -> None:
    aspects = frozenset({Aspect.PAYMENT, Aspect.NON_FACILITY})
    asked = question(Topic.FEE, code("11111"), text="does 11111 have a non-facility fee", aspects=aspects)
    answer = await answered(fee, asked, priced(only_in_facility="11111"))

    assert answer.verdict is Verdict.NO
    assert "National, facility: $60.00" in answer.body


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (
            ("11111", "22222"),
            "11111 $100.00 + 22222 $30.00 ($80.00 less $50.00 of the base code 33333): together $130.00",
        ),
        (("11111", "33333"), "11111 $100.00 + 33333 $0.00"),
    ],
)
async def test_endoscopies_of_one_family_are_paid_beyond_their_base(codes: tuple[str, ...], said: str) -> None:
    named = [code(one) for one in codes]
    asked = question(Topic.FEE, *named, text="multiple endoscopy payment", aspects=frozenset({Aspect.PAYMENT}))

    assert said in (await answered(fee, asked, priced())).body


@pytest.mark.parametrize(("other", "verdict"), [("22222", Verdict.YES), ("33333", Verdict.YES)])
async def test_endoscopies_of_one_base_are_of_one_family(other: str, verdict: Verdict) -> None:
    aspects = frozenset({Aspect.ENDOSCOPIC_BASE})
    asked = question(Topic.FEE, code("11111"), code(other), text="same endoscopic family?", aspects=aspects)

    assert (await answered(fee, asked, priced())).verdict is verdict


async def test_what_an_assistant_is_paid_is_asked_with_the_modifier() -> None:
    lookup = priced()
    aspects = frozenset({Aspect.ASSISTANT})
    asked = question(Topic.FEE, code("11111"), text="what does the assistant get", aspects=aspects, binary=False)
    await answered(fee, asked, lookup)

    assert [[*one.modifiers] for one in lookup.requests(pb.GetFeesRequest)] == [["80"]]
