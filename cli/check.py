"""`codingahead check`: check claims against the edits, from a terminal."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

import orjson
import typer
from codingahead.lookup.v1 import lookup_pb2

from cli.lookups import EffectiveOn, ask
from cli.output import AsJson, emit
from services.gateway import claims
from services.gateway.api.claims import read_claims
from services.gateway.api.plain import as_json as plain
from services.gateway.words import FINDING_KIND_WORDS, SETTING_WORDS, VERDICT_WORDS
from services.runtime.errors import Refusal
from services.runtime.rpc.client import stream

if TYPE_CHECKING:
    from cli.lookups import Lookup

_SECONDS = 60.0
_MOST_CLAIMS = 1000

# What the command ends with, the worst first.
_FAIL, _NOT_CHECKED, _NO_DATA = 1, 2, 3
_EXITS = (_FAIL, _NOT_CHECKED, _NO_DATA)
_EXIT_OF = {lookup_pb2.VERDICT_FAIL: _FAIL, lookup_pb2.VERDICT_NO_DATA: _NO_DATA}


def check(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(help="Lines as a coder writes them, or claims as JSON or NDJSON; - is standard input."),
    ] = "-",  # type: ignore[assignment]
    effective_on: EffectiveOn = "",
    setting: Annotated[
        Literal["practitioner", "hospital", "dme"] | None, typer.Option(help="Under which edits the lines are billed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check claims against the edits in force: pairs, units, add-on codes, modifiers, places, diagnoses.

    Lines such as 99213-25 x1 dx E11.9,I10 POS 11; diagnoses also ahead, as DX: E11.9, I10. Claims as JSON name their
    own date and setting. With --json the findings are NDJSON, a line for each claim.

    Ends with 0 for pass or bypassed, 1 for fail, 3 for no data, 2 when something could not be checked.
    """
    try:
        asked = _read(file.read(), effective_on, setting)
        found = ask(lambda lookup: _check(lookup, asked, as_json), _SECONDS)
    except (Refusal, claims.NotUnderstood) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(_NOT_CHECKED) from None
    raise typer.Exit(next((code for code in _EXITS if code in found), 0))


def _read(body: bytes, effective_on: str, setting: str | None) -> list[lookup_pb2.Claim]:
    if body.lstrip().startswith((b"[", b"{")):
        if effective_on or setting:
            raise typer.BadParameter("claims as JSON name their own date and setting")
        return read_claims(body)
    claim = claims.parse(body.decode("utf-8-sig", errors="replace"))
    claim.effective_on = effective_on
    claim.setting = next(number for number in lookup_pb2.Setting.values() if SETTING_WORDS[number] == (setting or ""))
    return [claim]


async def _check(lookup: "Lookup", asked: list[lookup_pb2.Claim], as_json: bool) -> set[int]:
    """Check claims and print what is found of each as it comes; return what the command may end with."""
    found = set()
    for start in range(0, len(asked), _MOST_CLAIMS):
        request = lookup_pb2.CheckClaimsRequest(claims=asked[start : start + _MOST_CLAIMS])
        async for answer in stream(lookup.CheckClaims(request)):
            answer.position += start
            found.add(_exit_of(answer))
            if as_json:
                print(orjson.dumps(plain(answer)).decode())
            else:
                _print(answer, asked)
    return found


def _exit_of(answer: lookup_pb2.CheckClaimsResponse) -> int:
    return _EXIT_OF.get(answer.findings.verdict, 0) if answer.HasField("findings") else _NOT_CHECKED


def _print(answer: lookup_pb2.CheckClaimsResponse, asked: list[lookup_pb2.Claim]) -> None:
    name = asked[answer.position].id or f"Claim {answer.position + 1}"
    if answer.HasField("failure"):
        print(f"{name}: not checked. {answer.failure.message}\n")
        return
    print(f"{name}: {_word(answer.findings.verdict)}\n")
    emit(
        [
            {
                "verdict": _word(finding.verdict),
                "lines": _listed(finding.lines),
                "what": FINDING_KIND_WORDS[finding.kind].replace("_", " "),
                "finding": finding.message,
                "source": finding.source,
            }
            for finding in answer.findings.findings
        ],
        False,
    )
    print()


def _word(verdict: lookup_pb2.Verdict.ValueType) -> str:
    return VERDICT_WORDS[verdict].replace("_", " ")


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
