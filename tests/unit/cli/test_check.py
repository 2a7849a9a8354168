import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from typer.testing import CliRunner, Result

from cli import check
from cli.main import commands
from services.runtime.errors import unavailable

VERDICTS = {
    "99213": lookup.VERDICT_PASS,
    "20610": lookup.VERDICT_BYPASSED,
    "93000": lookup.VERDICT_FAIL,
    "J1885": lookup.VERDICT_NO_DATA,
}


class FakeLookup:
    """Answers each claim with the verdict of its first code; there is none for a code that it does not know."""

    def __init__(self) -> None:
        self.asked: list[lookup.CheckClaimsRequest] = []
        self.away = False

    async def CheckClaims(self, request: lookup.CheckClaimsRequest) -> AsyncIterator[lookup.CheckClaimsResponse]:  # noqa: N802
        self.asked.append(request)
        if self.away:
            raise unavailable("The service is not available at the moment.")
        for position, claim in enumerate(request.claims):
            verdict = VERDICTS.get(claim.lines[0].code)
            if verdict:
                finding = lookup.Finding(
                    kind=lookup.FINDING_KIND_PLACE_OF_SERVICE,
                    verdict=verdict,
                    lines=[1, 2],
                    message="So it is [said].",
                    source="NCCI 2024Q3",
                )
                found = lookup.CheckEditsResponse(id=claim.id, verdict=verdict, findings=[finding])
                yield lookup.CheckClaimsResponse(position=position, findings=found)
            else:
                failure = lookup.LookupFailure(reason="INVALID_ARGUMENT", message="expected a code")
                yield lookup.CheckClaimsResponse(position=position, failure=failure)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeLookup:
    fake = FakeLookup()

    def ask(question: Callable[[FakeLookup], Awaitable[object]], seconds: float) -> object:
        async def run() -> object:
            return await question(fake)

        return asyncio.run(run())

    monkeypatch.setattr(check, "ask", ask)
    return fake


def run(text: str, *options: str) -> Result:
    return CliRunner().invoke(commands(()), ["check", *options], input=text)


def claim(code: str, id: str = "") -> str:
    return json.dumps({"id": id, "lines": [{"code": code}]})


@pytest.mark.parametrize(
    ("codes", "exit_code"),
    [
        (["99213"], 0),
        (["99213", "20610"], 0),
        (["J1885", "99213"], 3),
        (["J1885", "00000"], 2),
        (["J1885", "00000", "93000", "99213"], 1),
    ],
)
def test_it_ends_with_the_worst_that_was_found(fake: FakeLookup, codes: list[str], exit_code: int) -> None:
    assert run("\n".join(map(claim, codes))).exit_code == exit_code


def test_pasted_lines_are_one_claim_with_the_date_and_the_setting_given(fake: FakeLookup) -> None:
    result = run("DX: E11.9\n93000 x2 dx 1\n99213-25\n", "--effective-on", "2024-08-01", "--setting", "hospital")

    [request] = fake.asked
    assert list(request.claims) == [
        lookup.Claim(
            setting=lookup.SETTING_HOSPITAL,
            effective_on="2024-08-01",
            diagnoses=["E11.9"],
            lines=[
                lookup.ClaimLine(code="93000", units=2, diagnosis_pointers=[1]),
                lookup.ClaimLine(code="99213", modifiers=["25"]),
            ],
        )
    ]
    printed = [" ".join(line.split()) for line in result.output.splitlines()]
    assert printed[0] == "Claim 1: fail"
    assert "fail 1,2 place of service So it is [said]. NCCI 2024Q3" in printed


def test_a_file_is_read_as_standard_input_is(fake: FakeLookup, tmp_path: Path) -> None:
    path = tmp_path / "claims.txt"
    path.write_bytes("\ufeffJ1885 x4\r\n".encode())

    assert run("", str(path)).exit_code == 3
    assert fake.asked[0].claims[0].lines[0].units == 4


def test_findings_as_json_are_a_line_for_each_claim(fake: FakeLookup) -> None:
    result = run(f"[{claim('99213', 'a')}, {claim('00000', 'b')}]", "--json")

    first, second = map(json.loads, result.output.splitlines())
    assert (first["position"], first["findings"]["id"], first["findings"]["verdict"]) == (0, "a", "pass")
    assert first["findings"]["findings"][0]["kind"] == "place_of_service"
    assert (second["position"], second["findings"], second["failure"]["message"]) == (1, None, "expected a code")


def test_more_claims_than_one_request_may_have_keep_their_places(fake: FakeLookup) -> None:
    result = run("\n".join(claim("99213", f"c{number}") for number in range(2500)), "--json")

    assert [len(request.claims) for request in fake.asked] == [1000, 1000, 500]
    found = [json.loads(line) for line in result.output.splitlines()]
    assert [(one["position"], one["findings"]["id"]) for one in found] == [(n, f"c{n}") for n in range(2500)]


def test_a_claim_that_is_not_checked_says_why(fake: FakeLookup) -> None:
    assert "b: not checked. expected a code" in run(claim("00000", "b")).output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("DX: E11.9\n99213 knee", "Line 2: “KNEE” is not understood"),
        ('{"lines": [{"code": 7}]}', "claims[0].lines[0].code"),
        ("[", "expected JSON"),
        ("", "expected a service"),
    ],
)
def test_what_is_not_understood_is_said_and_nothing_is_asked(fake: FakeLookup, text: str, said: str) -> None:
    result = run(text)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
    assert fake.asked == []


def test_an_outage_is_no_verdict(fake: FakeLookup) -> None:
    fake.away = True

    result = run("99213")

    assert (result.exit_code, result.stderr) == (2, "The service is not available at the moment.\n")


def test_claims_as_json_name_their_own_date_and_setting(fake: FakeLookup) -> None:
    result = run(claim("99213"), "--setting", "dme")

    assert result.exit_code == 2
    assert fake.asked == []
