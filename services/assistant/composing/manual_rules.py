"""Single rules of the NCCI policy manual, quoted by their sections where an answer follows from one."""

import re
from typing import NamedTuple

from services.assistant.answer import Source
from services.assistant.composing.excerpts import sentences_of
from services.assistant.composing.guidelines import POLICY_MANUAL, cited, passage_source
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
    if not sentences or dated.edition is None:
        return None
    text = f"{dated.edition.name} {cited(POLICY_MANUAL, section)}: “{' '.join(sentences)}”"
    return Rule(text, passage_source(POLICY_MANUAL, section, dated))
