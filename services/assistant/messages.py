"""Answers as the contract writes them."""

from codingahead.assistant.v1 import assistant_pb2 as pb

from services.assistant.answer import Answer
from services.assistant.privacy import Redacted
from services.assistant.question import Question


def progress(doing: str) -> pb.AskResponse:
    """Return the step that something is looked up."""
    return pb.AskResponse(progress=pb.Progress(doing=doing))


def text(piece: str, *, framing: bool = False) -> pb.AskResponse:
    """Return the step that there is more text."""
    return pb.AskResponse(text=pb.Text(text=piece, framing=framing))


def opened(question: Question, answer: Answer) -> pb.Opening:
    """Return how the answer to a question begins."""
    return pb.Opening(
        question=question.text,
        topic=pb.Topic.ValueType(question.topic),
        kind=pb.AnswerKind.ValueType(answer.kind),
        verdict=pb.Verdict.ValueType(answer.verdict or pb.VERDICT_UNSPECIFIED),
    )


def opening(question: Question, answer: Answer) -> pb.AskResponse:
    """Return the step that begins the answer to a question."""
    return pb.AskResponse(opening=opened(question, answer))


def ended(answer: Answer) -> pb.Ending:
    """Return how an answer ends."""
    return pb.Ending(
        sources=[pb.Source(name=one.name, book=one.book, passage=one.passage) for one in answer.sources],
        codes=[pb.CodeName(system=code.system, code=code.code) for code in answer.codes],
    )


def ending(answer: Answer) -> pb.AskResponse:
    """Return the step that completes the answer to a question."""
    return pb.AskResponse(ending=ended(answer))


def done(question: Redacted, conversation_id: str, by_model: bool) -> pb.AskResponse:
    """Return the last step."""
    return pb.AskResponse(
        done=pb.Done(
            conversation_id=conversation_id,
            removed_identifiers=question.removed,
            by_model=by_model,
            question=question.text,
        )
    )
