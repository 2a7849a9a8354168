"""Which code is meant by words that go on with what was told before: another version of what was found, or a search."""

from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer
from services.assistant.composing.find import find_code
from services.assistant.composing.versions import of_version, share_of, version_of
from services.assistant.question import Question
from services.assistant.tools import Tools

_SYSTEMS = (lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_HCPCS)
_NEAR = 0.5


async def find_on(question: Question, tools: Tools) -> Answer:
    """Name the code that a phrase means, with what was told before of the same."""
    for code in question.codes:
        found = await tools.find(code, question.dates)
        version = await version_of(found, question, tools)
        if version and version.whole:
            return of_version(version, found)
    whole = replace(question, phrase=f"{question.told} {question.phrase}".strip(), told="", codes=())
    if question.told and await _says_more_alone(whole, question, tools):
        whole = replace(question, told="", codes=())
    return await find_code(whole, tools)


async def _says_more_alone(whole: Question, question: Question, tools: Tools) -> bool:
    """Whether a phrase is of something else: no code says more than half of all that was told, and one says it."""
    shares = []
    for one in (whole, question):
        found = await tools.search(one.phrase, question.systems or _SYSTEMS)
        shares.append(max((share_of(one.phrase, hit, found) for hit in found.hits[:3]), default=0.0))
    return shares[0] <= _NEAR < shares[1]
