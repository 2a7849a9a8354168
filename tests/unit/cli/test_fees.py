import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from cli.fees import print_fees
from services.gateway.web.fees import calculations

RVU = lookup.SourceStatus(
    availability=lookup.AVAILABILITY_AVAILABLE, release=lookup.SourceRelease(name="MPFS RVU January 2026")
)
GPCI = lookup.SourceStatus(availability=lookup.AVAILABILITY_NOT_LOADED, missing="MPFS GPCI is not loaded.")


def answer(**fields: object) -> lookup.GetFeesResponse:
    return lookup.GetFeesResponse(
        code="11042",
        rvu=RVU,
        gpci=GPCI,
        row=lookup.FeeRow(
            status=lookup.FeeIndicator(name="status", value="A", meaning="Active."),
            work_rvu="1.01",
            non_facility_pe_rvu="2.76",
            facility_pe_rvu="0.67",
            mp_rvu="0.13",
        ),
        **fields,  # type: ignore[arg-type]
    )


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_the_calculation_of_each_payment_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    places = [
        lookup.Payment(participation="all others", conversion_factor="33.4009", base="130.26", amount="130.26"),
        lookup.Payment(
            participation="all others",
            facility=True,
            conversion_factor="33.4009",
            base="60.46",
            steps=[lookup.PaymentStep(cause="51", factor="0.5", reason="Reduced.")],
            amount="30.23",
        ),
    ]
    print_fees(answer(payments=places))

    lines = printed(capsys)
    assert lines[:2] == ["11042, national", "status A Active."]
    assert "Non-facility, all others: $130.26" in lines
    assert "Facility, all others: $30.23" in lines
    assert "Practice expense 0.67 1 0.67 RVU x GPCI" in lines
    assert "Conversion factor 1.81 33.4009 60.46" in lines
    assert "Modifier 51 0.5 30.23 Reduced." in lines
    assert lines[-2:] == ["source: MPFS RVU January 2026", "MPFS GPCI is not loaded."]


def test_why_nothing_is_paid_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_fees(answer(not_payable="Status B: bundled."))

    assert "Nothing is paid. Status B: bundled." in printed(capsys)


def test_the_indices_of_the_locality_weigh_the_parts_and_the_sum_is_in_dollars() -> None:
    alabama = lookup.Locality(name="Alabama", state="AL", work_gpci="1.000", pe_gpci="0.869", mp_gpci="0.575")
    payment = lookup.Payment(conversion_factor="33.2875", base="115.95", amount="115.95")
    (calculation,) = calculations(answer(locality=alabama, payments=[payment]))

    assert [str(part.product) for part in calculation.parts] == ["1.01000", "2.39844", "0.07475"]
    assert str(calculation.total) == "3.48319"
    assert str(calculation.dollars) == "115.95"


def test_a_cap_stands_between_the_sum_and_the_steps_and_every_step_is_rounded_to_the_cent() -> None:
    steps = [
        lookup.PaymentStep(cause="OPPS cap", factor="1", reason="Capped."),
        lookup.PaymentStep(cause="62", factor="0.625", reason="Two surgeons."),
        lookup.PaymentStep(cause="units", factor="3", reason="3 units of service."),
    ]
    payment = lookup.Payment(conversion_factor="33.2875", base="100.01", steps=steps, amount="187.53")
    (calculation,) = calculations(answer(payments=[payment]))

    assert str(calculation.dollars) == "129.82"
    assert [(step.cause, str(step.amount)) for step in calculation.steps] == [
        ("OPPS cap", "100.01"),
        ("Modifier 62", "62.51"),
        ("Units", "187.53"),
    ]
