"""How a question asks: whether yes or no is an answer to it."""

import re
from collections.abc import Iterable

from services.assistant.understanding.cues import Cues

# What stands before a question and says nothing.
_LEAD = Cues(
    "and, but, so, or, also, then, ok, okay, hey, hi, hello, please, just, well, now, um, quick question, question, "
    "quick one, just checking, wondering, i was wondering, not sure, again, can you tell me, could you tell me, "
    "can you please tell me, can you check, could you check, can you confirm, can you please check, can you please, "
    "could you please, i want to know, i need help, my question is, i need to know, need to know, do you know, "
    "please tell me, tell me, let me know, check, confirm, please check, please confirm, double check, my biller asks, "
    "my biller says, my boss asks, i think, for <date>, on <date>, in <date>, dos <date>, for dos <date>, "
    "date of service <date>, for, on, with <mod>, <px>, <dx>, <pcs>, <date>, <mod>, <units>, <pos>, <age>, with, code, "
    "cpt, hcpcs, diagnosis, procedure, icd 10, icd 10 cm, medicare, for medicare, real quick, quickly, for a, plus, "
    "given that, in that voice, i wonder, any idea, remind me, to, in, same day, together, same claim, if so, if yes, "
    "if not, kindly, kindly confirm, kindly check, kindly advise, kindly state, please advise, please state, advise, "
    "kindly indicate, please indicate, as to, advise as to, i should like to know, i would like to know, "
    "id like to know, i would appreciate knowing"
)
# "if I do both, how is the second paid": the condition comes first.
_ASKED_AFTER = re.compile(
    r"(?:if|whether) .*\b(?:how|what|which|when|who|why) (?:is|are|does|do|can|should|will|would|much|many)\b"
)
# Somebody else who asks: "my provider wants to know whether".
_INDIRECT = re.compile(
    r"(?:(?:my|our|the|one of our|a) )?(?:\w+ ){1,3}?(?:wants|want|needs|would like|asks|asked|is asking|"
    r"are asking|wonders|"
    r"wondered|is wondering|keeps asking|questions)(?: me| us)?(?: to know| to see| to ask| about)?"
    r"(?= (?:what|which|whether|if|how|why|when|where|who|is|are|can|does|do|should|may)\b)"
)
_YES_OR_NO = Cues(
    "is, are, was, were, isnt, arent, aint, can, cant, could, may, might, do, does, did, dont, doesnt, will, wont, "
    "would, should, shouldnt, must, has, have, am, if, whether, any, ok to, okay to, allowed to, possible to, still, "
    "need to, ok if, okay if, safe to, good to"
)
_OPEN = Cues(
    "what, whats, which, how, why, when, where, who, whose, list, give, show, explain, define, can you explain, "
    "can you give, can you list, can you show, can you find, can you look up, can you help, could you explain, "
    "could you give, could you list, give me, can i get, can i have, could i get, describe, find, look up, lookup, "
    "compare, tell, name, help, wheres, hows, whens, is dollars"
)
# A question that is added to what it is about: "newborn codes on the mother's chart, allowed?"
_ADDED = Cues("allowed, permitted, acceptable, ok, okay, possible, correct, appropriate, required")
# What somebody says is right, no side and nothing of medicine.
_SAID_RIGHT = Cues(
    "who is right, whos right, which of them is right, which of us is right, who is correct, is she right, "
    "is he right, are they right, am i right, is that right, is this right, is it right"
)


def yes_or_no(clauses: Iterable[str]) -> bool | None:
    """Return whether the first question of some clauses is one of yes or no; None when its form does not say."""
    for clause in clauses:
        words = without_lead(clause)
        if _OPEN.at_start(words) or _ASKED_AFTER.match(words):
            return False
        if _YES_OR_NO.at_start(words) or _ADDED.are_all(words):
            return True
    return None


def begins_question(words: str) -> bool:
    """Tell whether words begin as a question, or as the wish to be told something."""
    words = without_lead(words)
    return _OPEN.at_start(words) or _YES_OR_NO.at_start(words)


def without_lead(words: str) -> str:
    """Return the words of a clause without what stands before its question, and without who asks it."""
    while _LEAD.at_start(words):
        words = _LEAD.left_out_at_start(words)
    asked = _INDIRECT.match(words)
    return words[asked.end() :].strip() if asked else words


def without_opinions(words: str) -> str:
    """Return words without the question whether somebody is right, which names no side."""
    return _SAID_RIGHT.left_out(words)
