"""What is asked of several diagnoses: whether they go together, or which comes first."""

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
    "sequence, sequenced, sequencing, goes first, go first, comes first, come first, coded first, listed first, order, "
    "is first, be first, before <dx>, ahead of, goes before, go before, code first, first diagnosis, primary, "
    "coded before, listed before, reported before, first slot, first position, first place, leads, leading, "
    "which lead, goes on top, go on top, first spot, first field, first line, top spot, which first, first or second, "
    "or <dx> first, and <dx> first, first then <dx>, precede, line one, line 1, number one"
)
# What is ordered has no sequence.
_ORDERED = Cues("dme order, lab order, an order, order for, physician order, doctors order, admit order, in order to")
# Names of diseases, none of which says what is coded first.
_PRIMARY_DISEASE = Cues(
    "primary open *, primary angle *, primary malignan*, primary hypertension, primary osteoarthritis, "
    "primary biliary, primary progressive, primary sclerosing, primary cancer, primary neoplasm, primary tumor, "
    "primary insomnia, primary gout, primary care, primary hyper*, primary hypo*, primary generalized, "
    "primary localized, primary thrombo*"
)


def asks_order(message: Message) -> bool:
    """Tell whether it is asked, and not only told, what comes first."""
    words = (message.asked or message).words
    return _ORDER(_PRIMARY_DISEASE.left_out(_ORDERED.left_out(words)))
