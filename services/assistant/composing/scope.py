"""Questions that are not answered, and what the answers are made of."""

import re

from services.assistant.answer import Answer, Source, clarification, refusal
from services.assistant.composing.parts import bullets
from services.assistant.question import Question
from services.assistant.tools import Tools

_DECLINED = (
    "I cannot help with that. I answer questions of medical coding from the loaded code sets, edits, fee schedules and "
    "guidelines. I do not give medical or legal advice, do not help to report what is not documented, and do not quote "
    "licensed descriptors that are not loaded."
)
# What follows the name of a source in that of an edition.
_EDITION = re.compile(r" (?:(?:January|April|July|October) |FY|PY|v)?\d{4}.*$")
_WHAT_IS_MEANT = "Which code, or which diagnosis, procedure or rule, is your question about?"


async def ask_back(question: Question, tools: Tools) -> Answer:
    """Ask for what is missing."""
    return clarification(question.missing or _WHAT_IS_MEANT)


async def decline(question: Question, tools: Tools) -> Answer:
    """Say what is answered here, and that this is not."""
    return refusal(_DECLINED)


async def releases(question: Question, tools: Tools) -> Answer:
    """Name the loaded editions with the dates of service they answer for, or those there are instead of a list."""
    if question.missing:
        names = dict.fromkeys(_EDITION.sub("", edition.name) for edition in tools.loaded(()))
        return refusal(f"{question.missing} is not loaded here. Loaded are: {'; '.join(names)}.")
    editions = tools.loaded(question.systems)
    if not editions:
        return Answer("Nothing of that is loaded.")
    return Answer(
        "These editions are loaded, each for its dates of service:\n\n" + bullets(map(str, editions)),
        sources=tuple(Source(edition.name) for edition in editions),
    )
