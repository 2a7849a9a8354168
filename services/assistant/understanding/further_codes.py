"""A follow-up that names codes: beside those that were spoken of, or in the place of one of them."""

import re

from services.assistant.question import Question, Topic
from services.assistant.understanding.before import OF_PAIRS, Before
from services.assistant.understanding.changes import changed, with_dates
from services.assistant.understanding.codes import is_diagnosis
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.details import details
from services.assistant.understanding.message import Message, replace_codes
from services.assistant.understanding.missing import says_nothing
from services.assistant.understanding.pointing import IT, LEADS

_AND = Cues("and, or, ok and, okay and, so, also, then")
_INSTEAD = Cues("instead of, in place of, rather than, replacing, not <px>, for <px>")
_WITH = Cues(
    "with <px>, with <dx>, and <px>, and <dx>, to <px>, go with, from <px>, together, same day, edit, as <px>, bundle, "
    "bundled, along with, with it, with that, with this, beside it, vs <px>, vs <dx>, than <dx>, than <px>, or <dx>, "
    "conflict*, alongside it, alongside that, alongside this, compatible with"
)
_BESIDE = Cues(
    "with <px>, with <dx>, together with <px>, together with <dx>, ok with <px>, ok with <dx>, okay with <px>, "
    "okay with <dx>, allowed with <px>, allowed with <dx>, same claim as <px>, same claim as <dx>"
)
_LONGEST = 12
_FOR_PRIMARY = re.compile(r"\b(?:primary|base|parent)(?:\s+(?:code|procedure))?\s+(?:for|of|to)\b", re.IGNORECASE)
_AS_PRIMARY = Cues("primary, base, base code, parent code")


def with_codes(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """A code beside those before: in the place of one of them, or together with it."""
    earlier = before.question
    led = LEADS.at_start(message.words)
    if earlier and (corrected := _corrected(message, topic, earlier, led)):
        return corrected
    if earlier and topic is Topic.ADD_ON and _names_another_primary(message, earlier):
        return _in_place(message, earlier, before)
    if topic in (Topic.PAIR, Topic.DIAGNOSES_TOGETHER, Topic.COMPARE, Topic.ADD_ON) and len(message.codes) == 1:
        return _joined(message, topic, before) if IT(message.words) or led or _BESIDE(message.words) else None
    words = _AND.left_out_at_start(message.words)
    beside = _BESIDE.at_start(words) and earlier is not None and earlier.topic not in (*OF_PAIRS, Topic.ADD_ON)
    if len(message.codes) == 1 and before.codes and ((_WITH(words) and IT(words)) or beside):
        of_diagnosis = is_diagnosis(message.codes[0])
        open_topic = topic in (None, Topic.BILLABLE, Topic.VALIDITY, Topic.NOTES, Topic.MODIFIER)
        if open_topic and is_diagnosis(before.it[0]) == of_diagnosis:
            return _joined(message, Topic.DIAGNOSES_TOGETHER if of_diagnosis else Topic.PAIR, before)
    of_primaries = earlier is not None and earlier.topic is Topic.ADD_ON and len(earlier.codes) == 1
    if of_primaries and len(message.services) == 1 and IT(words) and topic in (None, Topic.BILLABLE, Topic.VALIDITY):
        return _joined(message, Topic.ADD_ON, before)
    if topic is not None and earlier and topic == earlier.topic and led:
        return with_dates(details(message, topic), before)
    if earlier is None or topic is not None or not (led or len(message.words.split()) <= _LONGEST):
        return None
    if not led and not says_nothing(message.words):
        return None
    if not led and earlier.topic in (Topic.FIND, Topic.GUIDELINE, Topic.RELEASES):
        return None
    return _in_place(message, earlier, before)


def _names_another_primary(message: Message, earlier: Question) -> bool:
    """Whether a service is named as the primary code of the add-on code before: "and 64493 as its primary?"."""
    of_two = earlier.topic is Topic.ADD_ON and len(earlier.codes) == 2
    return of_two and len(message.codes) == 1 and IT(message.words) and _AS_PRIMARY(message.words)


def _corrected(message: Message, topic: Topic | None, earlier: Question, led: bool) -> Question | None:
    """The earlier question of several services where a message changes one of them or what is on its line."""
    if earlier.topic not in (Topic.PAIR, Topic.CLAIM, Topic.ADD_ON) or len(earlier.codes) < 2:
        return None
    if topic in (Topic.FEE, Topic.CODE, Topic.HISTORY, Topic.COVERAGE) or (topic is Topic.MUE and not message.counted):
        return None
    known = {code.text for code in earlier.codes}
    new = [code for code in message.codes if code.text not in known]
    again = {code.text: code for code in message.codes if code.text in known}
    if not new and len(again) < len(known) and (led or message.modified or message.counted):
        return changed(earlier, message, codes=[again.get(code.text, code) for code in earlier.codes])
    if len(new) == len(again) == 1 and _INSTEAD(message.words):
        return changed(earlier, message, codes=[new[0] if code.text in again else code for code in earlier.codes])
    return None


def _in_place(message: Message, earlier: Question, before: Before) -> Question | None:
    """The earlier question of other codes: of a pair, the first stays."""
    if earlier.topic in (Topic.UNSPECIFIED, Topic.OUT_OF_SCOPE, Topic.RELEASES, Topic.FIND, Topic.GUIDELINE):
        return None
    codes = message.codes
    kept = earlier.codes[: max(0, len(earlier.codes) - len(codes))] if earlier.topic in OF_PAIRS else ()
    if earlier.topic is Topic.ADD_ON and len(earlier.codes) == 2 and len(codes) == 1:
        # Another primary code: the add-on code stays.
        kept = earlier.codes[1:] if _FOR_PRIMARY.search(earlier.text) else earlier.codes[:1]
    same_kind = not earlier.codes or is_diagnosis(earlier.codes[0]) == is_diagnosis(codes[0])
    if not same_kind and earlier.topic not in (Topic.CODE, Topic.VALIDITY, Topic.BILLABLE, Topic.COVERAGE):
        return None
    if earlier.topic is Topic.COVERAGE and not same_kind:
        kept = tuple(code for code in earlier.codes if is_diagnosis(code) != is_diagnosis(codes[0]))
    return changed(earlier, message, codes=(*kept, *codes))


def _joined(message: Message, topic: Topic, before: Before) -> Question | None:
    """The code that was spoken of together with the one that is named."""
    named = message.codes[0]
    spoken_of = [code for code in before.it or before.codes if code.text != named.text]
    if before.question and before.question.topic in OF_PAIRS and topic == before.question.topic:
        spoken_of = [code for code in before.question.codes if code.text != named.text]
    if not spoken_of or (topic is not Topic.ADD_ON and is_diagnosis(spoken_of[0]) != is_diagnosis(named)):
        return None
    asked = replace_codes(message, (spoken_of[0], named))
    return with_dates(details(asked, topic), before)
