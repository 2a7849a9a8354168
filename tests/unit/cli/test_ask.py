import json
from collections.abc import AsyncIterator

import pytest
from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2 as lookup
from typer.testing import CliRunner, Result

from cli import ask
from cli.main import commands
from services.runtime.errors import Refusal, unavailable


class FakeAssistant:
    """Answers with its number."""

    def __init__(self) -> None:
        self.asked: list[pb.AskRequest] = []

    async def events(self, request: pb.AskRequest) -> AsyncIterator[pb.AskResponse]:
        asked = pb.AskRequest()
        asked.CopyFrom(request)
        self.asked.append(asked)
        if request.question == "away":
            raise unavailable("The service is not available at the moment.")
        yield pb.AskResponse(progress=pb.Progress(doing="Code E11.9"))
        yield pb.AskResponse(
            opening=pb.Opening(
                question=request.question,
                topic=pb.TOPIC_BILLABLE,
                kind=pb.ANSWER_KIND_ANSWER,
                verdict=pb.VERDICT_YES,
            )
        )
        yield pb.AskResponse(text=pb.Text(text="Verdict: yes\n\n", framing=True))
        yield pb.AskResponse(text=pb.Text(text=f"[{len(self.asked)}] It is **billable**."))
        yield pb.AskResponse(ending=pb.Ending(sources=[pb.Source(name="ICD-10-CM FY2026")]))
        yield pb.AskResponse(done=pb.Done(question=request.question))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeAssistant:
    fake = FakeAssistant()
    monkeypatch.setattr(ask, "_events", fake.events)
    return fake


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(commands(["ask"]), ["ask", *arguments], input=text)


def test_the_answer_is_printed_as_it_is_written(fake: FakeAssistant) -> None:
    result = run("Is it billable?", "--date", "2025-11-01", "--code", "icd10cm:E11.9")

    assert (result.exit_code, result.stdout) == (0, "Verdict: yes\n\n[1] It is **billable**.\n\n")
    [asked] = fake.asked
    assert (asked.question, asked.effective_on) == ("Is it billable?", "2025-11-01")
    assert asked.about == pb.CodeName(system=lookup.CODE_SYSTEM_ICD10CM, code="E11.9")


def test_as_json_it_is_that_of_rest(fake: FakeAssistant) -> None:
    [answer] = json.loads(run("Is E11.9 billable?", "--json").stdout)

    assert answer["text"] == "Verdict: yes\n\n[1] It is **billable**."
    assert (answer["answers"][0]["topic"], answer["answers"][0]["verdict"]) == ("billable", "yes")
    assert not fake.asked[0].HasField("about")


def test_what_is_piped_in_is_one_question(fake: FakeAssistant) -> None:
    assert run(text="Is E11.9 billable?\nAnd E11?\n").exit_code == 0

    assert [request.question for request in fake.asked] == ["Is E11.9 billable?\nAnd E11?\n"]


def test_a_conversation_goes_on_until_its_end_and_over_what_cannot_be_answered(
    fake: FakeAssistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(["Is E11.9 billable?", "", "away", "And E11?"])

    def line(_: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", line)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)

    ask.ask()

    printed = capsys.readouterr()
    assert [request.question for request in fake.asked] == ["Is E11.9 billable?", "away", "And E11?"]
    [before] = fake.asked[-1].earlier
    assert before == pb.Turn(question="Is E11.9 billable?", answer="Verdict: yes\n\n[1] It is **billable**.")
    assert "[3] It is **billable**." in printed.out
    assert "not available" in printed.err


def test_a_code_needs_its_system(fake: FakeAssistant) -> None:
    no_system, wrong_system = run("Is it?", "--code", "E11.9"), run("Is it?", "--code", "latin:E11.9")

    assert no_system.exit_code == 2
    assert isinstance(wrong_system.exception, Refusal)
    assert fake.asked == []
