"""What is asked of several diagnoses: whether they go together, or which comes first."""

import re

from services.assistant.understanding.cues import Cues
from services.assistant.understanding.message import Message

TOGETHER = Cues(
    "together, same claim, same time, same encounter, same visit, same day, same discharge, same stay, same admission, "
    "one encounter, one visit, one stay, one discharge, contradict, contradicts, contradictory, side by side, "
    "same chart, same face sheet, same problem list, same note, exclusion, exclusions, both, with each other, coexist, "
    "simultaneously, alongside, along with, mutually exclusive, conflict, conflicts, combine, excludes1, excludes, "
    "exclude, with <dx>, next to, secondary to <dx>, compatible, clash, at once, go with, goes with, report with, "
    "pair, one claim, a single claim, <dx> block <dx>, <dx> blocks <dx>, prevent*, preclude*, keep me from, "
    "keeps me from, stop me from, stops me from, keep us from, stop us from, forbid, forbids, each other, one another, "
    "one and the same encounter, one and the same visit, one and the same claim, one and the same stay, "
    "single encounter, single visit, single claim, single stay"
)
_ORDER = Cues(
    "principal, first listed, "
    "sequence, sequenced, sequencing, goes first, go first, comes first, come first, coded first, listed first, order, "
    "is first, be first, before <dx>, before it, after it, ahead of, goes before, go before, code first, "
    "first diagnosis, primary, "
    "coded before, listed before, reported before, first slot, first position, first place, leads, leading, "
    "which lead, goes on top, go on top, first spot, first field, first line, top spot, which first, first or second, "
    "or <dx> first, and <dx> first, first then <dx>, precede, line one, line 1, number one"
)
# That one diagnosis is the first.
_FIRST = Cues(
    "principal, first listed, listed first, sequenced first, reported first, coded first, billed first, go first, "
    "be first, come first, list ... first, put ... first, sequence ... first, as first, in first, first diagnosis, "
    "first position, first slot, first spot, top spot, as primary, be primary, a primary, the primary, stay primary, "
    "primary diagnosis, primary okay, primary ok, primary allowed, sole diagnosis, only diagnosis, sole, lead diagnosis"
)
_PRIMARY_ALONE = re.compile(
    r"(?:(?:and|so|then) )*(?:is )?(?:(?:<dx>|it|that) )?(?:(?:ever|always|as) )*(?:primary|first)"
)
# What else comes first, and that something does.
_OTHER = Cues("what, whats, which, who, whos, before <dx>, code first note, code first notes, when")
# What is ordered has no sequence.
_ORDERED = Cues("dme order, lab order, an order, order for, physician order, doctors order, admit order, in order to")
# Names of diseases, none of which says what is coded first.
_PRIMARY_DISEASE = Cues(
    "primary open *, primary angle *, primary malignan*, primary hypertension, primary osteoarthritis, "
    "primary biliary, primary progressive, primary sclerosing, primary cancer, primary neoplasm, primary tumor, "
    "primary insomnia, primary gout, primary care, primary hyper*, primary hypo*, primary generalized, "
    "primary localized, primary thrombo*"
)


def asks_whether_first(message: Message) -> bool:
    """Tell whether it is asked of one diagnosis whether it may come first, and not what does."""
    words = _PRIMARY_DISEASE.left_out((message.asked or message).words)
    if len(message.diagnoses) != 1 or message.services or _OTHER(words):
        return False
    return _FIRST(words) or any(_PRIMARY_ALONE.fullmatch(clause) for clause in message.clauses)


def asks_order(message: Message) -> bool:
    """Tell whether it is asked, and not only told, what comes first."""
    words = (message.asked or message).words
    return _ORDER(_PRIMARY_DISEASE.left_out(_ORDERED.left_out(words)))
