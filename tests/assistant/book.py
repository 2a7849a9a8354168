"""The questions that CasePilot is measured with."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OWN = Path(__file__).parent / "questions"
KINDS = ("answer", "clarify", "refuse")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, turn by turn, and what the last answer must be.

    `verdict`: the word after "Verdict:", empty for none, None where it is not judged. Of `says` and `cites` each must
    stand in the text and among the sources, written in one of its alternatives; none of `never` may stand in the text.
    """

    topic: str
    turns: tuple[str, ...]
    verdict: str | None = None
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    kind: str = "answer"


def read_questions(folder: Path) -> Iterator[Question]:
    """Yield the questions of the files of a folder, each of which is a topic."""
    for path in sorted(folder.glob("*.toml")):
        for one in tomllib.loads(path.read_text())["question"]:
            turns, kind = tuple(one.pop("ask")), one.pop("kind", "answer")
            assert kind in KINDS, f"{path.name}: {kind}"
            lists = {name: tuple(one.pop(name, ())) for name in ("says", "never", "cites")}
            verdict = one.pop("verdict", None)
            assert not one, f"{path.name}: unknown {', '.join(one)}"
            yield Question(path.stem, turns, verdict, kind=kind, **lists)
