"""Single rules of the NCCI policy manual, quoted by their sections where an answer follows from one."""

import re
from typing import NamedTuple

from services.assistant.answer import Source
from services.assistant.composing.excerpts import sentences_of
from services.assistant.composing.guidelines import POLICY_MANUAL, cited, passage_source
from services.assistant.editions import Dated
from services.assistant.tools import Tools


class Rule(NamedTuple):
    """What the manual says, with its section, and the section as a source."""

    text: str
    source: Source


async def rule(section: str, said: re.Pattern[str], tools: Tools) -> Rule | None:
    """Return the sentences of a section that say something; None where the loaded manual has none."""
    dated = tools.on(POLICY_MANUAL, None)
    answer = await tools.passage(POLICY_MANUAL, section, dated) if dated.edition else None
    sentences = [one for one in sentences_of(answer.passage.text) if said.search(one)] if answer else []
    return _quoted(section, " ".join(sentences), dated) if sentences else None


async def rules_found(query: str, said: re.Pattern[str], tools: Tools) -> list[Rule]:
    """Return the sentences that say something, of the sections that a search finds, each by itself."""
    dated = tools.on(POLICY_MANUAL, None)
    if dated.edition is None:
        return []
    passages = [hit.passage for hit in (await tools.passages(query, [POLICY_MANUAL], dated)).hits]
    return [
        _quoted(one.id, sentence, dated)
        for one in passages
        for sentence in sentences_of(one.text)
        if said.search(sentence)
    ]


def _quoted(section: str, text: str, dated: Dated) -> Rule:
    assert dated.edition
    return Rule(
        f"{dated.edition.name} {cited(POLICY_MANUAL, section)}: “{text}”", passage_source(POLICY_MANUAL, section, dated)
    )
