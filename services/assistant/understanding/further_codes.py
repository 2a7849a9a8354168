"""A follow-up that names codes: beside those that were spoken of, or in the place of one of them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from services.assistant.question import Aspect, Code, Question, Topic
from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.before import OF_PAIRS, Before
from services.assistant.understanding.changes import SAME_MODIFIER, changed, with_dates
from services.assistant.understanding.codes import is_diagnosis
from services.assistant.understanding.cues import Cues
from services.assistant.understanding.details import details
from services.assistant.understanding.diagnoses import asks_order, asks_whether_first
from services.assistant.understanding.message import Message, replace_codes
from services.assistant.understanding.missing import says_nothing
from services.assistant.understanding.pointing import COMPARED, IT, LEADS

_AND = Cues("and, or, ok and, okay and, so, also, then")
_INSTEAD = Cues(
    "instead of, instead, in place of, in its place, scrap, rather than, in lieu of, replacing, replace, replaced, "
    "swap, swapped, swapping, "
    "switch, switched, change, changed, exchange, not <px>, not <dx>, for <px>, for <dx>"
)
_WITH = Cues(
    "with <px>, with <dx>, and <px>, and <dx>, to <px>, go with, from <px>, together, same day, edit, as <px>, bundle, "
    "bundled, along with, with it, with that, with this, beside it, vs <px>, vs <dx>, than <dx>, than <px>, or <dx>, "
    "conflict*, alongside it, alongside that, alongside this, compatible with, "
    "before it, before that, after it, after that, ahead of it"
)
_BESIDE = Cues(
    "with <px>, with <dx>, together with <px>, together with <dx>, ok with <px>, ok with <dx>, okay with <px>, "
    "okay with <dx>, allowed with <px>, allowed with <dx>, same claim as <px>, same claim as <dx>, plus <px>, "
    "plus <dx>, add <px>, add <dx>, adding <px>, adding <dx>"
)
_ADDS = Cues("too, also, as well, add <px>, add <dx>, adding <px>, adding <dx>, plus <px>, plus <dx>, in addition")
_ON = Cues("on <px>, on the <px>, to <px>, to the <px>, on <px>s line, onto <px>, onto the <px>")
_DROPS = Cues(
    "drop <px>, drop <dx>, remove <px>, remove <dx>, without <px>, without <dx>, minus <px>, minus <dx>, "
    "leave out <px>, leave out <dx>, take out <px>, take out <dx>, drop the <px>, drop the <dx>, "
    "not <px>, not <dx>, no <px>, no <dx>"
)
# "Does it exclude J20.9": no notes of that are asked for.
_EXCLUDES = Cues(
    "it exclude, that exclude, this exclude, one exclude, they exclude, either exclude, "
    "excludes with <dx>, excludes1 with <dx>, excludes2 with <dx>, exclude with <dx>, excludes note with <dx>"
)
_SAME_DAY = Cues("same day, same date, same visit, same session, same claim, that day")
_TOGETHER = Cues("same day, same date, same visit, same session, same claim")
_OF_ONE = (Topic.CODE, Topic.BILLABLE, Topic.VALIDITY)
# Of these another code is no change.
_NEVER_OF_CODES = (Topic.UNSPECIFIED, Topic.OUT_OF_SCOPE, Topic.RELEASES, Topic.FIND, Topic.GUIDELINE)
_MARKS = ("<px>", "<dx>")
# What a mistake is told with.
_CORRECTS = Cues(
    "oh, oops, scratch that, strike that, make that, "
    "turns out, turned out, amended, changed, corrected, correction, actually, sorry, i meant, we meant, it was, its, "
    "it is, should be, should have been, not the *, instead, my mistake, wrong code"
)
_LONGEST = 12
_FOR_PRIMARY = re.compile(r"\b(?:primary|base|parent)(?:\s+(?:code|procedure))?\s+(?:for|of|to)\b", re.IGNORECASE)
_AS_PRIMARY = Cues("primary, base, base code, parent code")
_QUALIFIES = Cues("qualify, qualifies, count, counts, work, works, will do, good enough, be the primary, be the base")
_AS_THE_PRIMARY = Cues("as primary, as the primary, as a primary, as the base, as the parent")
# So many characters codes have in common that are of one kind: a category, an evaluation and management service.
_OF_ONE_KIND = {True: 3, False: 2}


def with_codes(message: Message, topic: Topic | None, before: Before) -> Question | None:
    """A code beside those before: in the place of one of them, or together with it."""
    earlier = before.question
    led = LEADS.at_start(message.words)
    if earlier and (exchanged := _exchanged(message, topic, earlier)):
        return exchanged
    if earlier and (changed_one := _corrected(message, topic, before, led) or _added(message, topic, earlier)):
        return changed_one
    if earlier and topic is Topic.ADD_ON and _names_another_primary(message, earlier):
        return _in_place(message, earlier, before)
    words = _AND.left_out_at_start(message.words)
    alone = says_nothing(_CORRECTS.left_out(message.words))
    if topic is Topic.CODE and earlier and alone and not any(map(begins_question, message.clauses)):
        # Codes alone are asked about as those before.
        topic = None
    if topic is Topic.DIAGNOSES_TOGETHER and asks_whether_first(message) and not IT(message.words):
        return with_dates(details(message, Topic.GUIDELINE), before)
    of_primaries = earlier is not None and earlier.topic is Topic.ADD_ON and len(earlier.codes) == 1
    if (
        of_primaries
        and topic in (None, Topic.ADD_ON, Topic.BILLABLE)
        and _QUALIFIES(words)
        and len(message.services) == 1
    ):
        return _joined(message, Topic.ADD_ON, before)
    if topic in (*OF_PAIRS, Topic.ADD_ON) and len(message.codes) == 1:
        if earlier and topic in OF_PAIRS and topic is earlier.topic and led and not _WITH(words):
            return _in_place(message, earlier, before)
        beside = topic is Topic.COMPARE or led or IT(message.words) or _BESIDE(message.words)
        return _joined(message, topic, before) if beside else None
    with_it = IT(words) or _BESIDE.at_start(words)
    if of_primaries and len(message.services) == 1 and with_it and topic in (None, Topic.BILLABLE, Topic.VALIDITY):
        return _joined(message, Topic.ADD_ON, before)
    if len(message.codes) == 1 and before.codes and _is_beside(message, topic, before):
        return _joined(message, Topic.DIAGNOSES_TOGETHER if message.diagnoses else Topic.PAIR, before)
    if earlier and topic is earlier.topic is Topic.FEE and COMPARED(message.words) and len(message.codes) == 1:
        return changed(earlier, message, (*earlier.codes[-1:], *message.codes))
    if topic is not None and earlier and topic == earlier.topic and led:
        if SAME_MODIFIER(message.words):
            return changed(earlier, message, message.codes)
        return with_dates(details(message, topic), before)
    if earlier is None or topic is not None or not (led or len(message.words.split()) <= _LONGEST):
        return None
    if not led and not alone and not IT(message.words):
        return None
    return _in_place(message, earlier, before)


def _is_beside(message: Message, topic: Topic | None, before: Before) -> bool:
    """Whether a code is named to go together with the one that was spoken of."""
    if is_diagnosis(before.it[0]) != is_diagnosis(message.codes[0]):
        return False
    words = _AND.left_out_at_start(message.words)
    of_several = before.topic in (*OF_PAIRS, Topic.ADD_ON)
    if not of_several and _SAME_DAY.left_out(words) in _MARKS:
        # After one code's validity "that day" is the date that was named.
        on_date = before.topic in _OF_ONE and before.dates is not None
        return (_TOGETHER if on_date else _SAME_DAY)(words)
    if topic is Topic.NOTES and ((_BESIDE(words) and asks_order(message)) or _EXCLUDES(words)):
        return True
    open_topic = topic in (None, Topic.BILLABLE, Topic.VALIDITY, Topic.NOTES, Topic.MODIFIER)
    beside = _BESIDE.at_start(words) and before.question is not None and not of_several
    return open_topic and (beside or ((_WITH(words) or _ADDS(words)) and IT(words)))


def _names_another_primary(message: Message, earlier: Question) -> bool:
    """Whether a service is named as the primary code of the add-on code before: "and 64493 as its primary?"."""
    of_two = earlier.topic is Topic.ADD_ON and len(earlier.codes) == 2
    pointed = IT(message.words) or LEADS.at_start(message.words)
    as_primary = (pointed and _AS_PRIMARY(message.words)) or _AS_THE_PRIMARY(message.words)
    return of_two and len(message.codes) == 1 and as_primary


def _exchanged(message: Message, topic: Topic | None, earlier: Question) -> Question | None:
    """The earlier question with a code in the place of another: "swap K51.90 for D50.9", "I20.9 instead of R07.89".

    What is said to be on its line is on the line of the new one.
    """
    known = {code.text for code in earlier.codes}
    new = [code for code in message.codes if code.text not in known]
    old = [code for code in message.codes if code.text in known]
    if len(new) != 1 or len(old) != 1 or earlier.topic in _NEVER_OF_CODES or not _INSTEAD(message.words):
        return None
    if topic not in (None, Topic.CODE, earlier.topic, *OF_PAIRS) or is_diagnosis(new[0]) != is_diagnosis(old[0]):
        return None
    (replaced,) = (code for code in earlier.codes if code.text == old[0].text)
    one = replace(new[0], modifiers=new[0].modifiers or old[0].modifiers or replaced.modifiers)
    return changed(earlier, message, [one if code is replaced else code for code in earlier.codes])


def _corrected(message: Message, topic: Topic | None, before: Before, led: bool) -> Question | None:
    """The earlier question of several codes where a message changes one of them or what is on its line."""
    earlier = before.question
    if earlier is None or earlier.topic not in (*OF_PAIRS, Topic.ADD_ON) or len(earlier.codes) < 2:
        return None
    known = {code.text for code in earlier.codes}
    new = [code for code in message.codes if code.text not in known]
    again = {code.text: code for code in message.codes if code.text in known}
    if len(new) == 1 and not again and _tells_mistake(message):
        return _in_place(message, earlier, before)
    if topic in (Topic.FEE, Topic.CODE, Topic.HISTORY, Topic.COVERAGE):
        return None
    if topic is Topic.MUE and (not message.counted or begins_question(message.words)):
        return None
    rest = [code for code in earlier.codes if code.text not in again]
    if not new and len(rest) > 1 and _DROPS(message.words):
        return changed(earlier, message, rest)
    if not new and len(again) == 1 and earlier.modifiers and not message.modified and _ON(message.words):
        # Where the modifier goes that was named before.
        codes = [replace(code, modifiers=earlier.modifiers) if code.text in again else code for code in earlier.codes]
        return replace(changed(earlier, message, codes), modifiers=())
    if earlier.topic is Topic.DIAGNOSES_TOGETHER:
        return None
    if not new and len(again) < len(known) and (led or message.modified or message.counted):
        return changed(earlier, message, [again.get(code.text, code) for code in earlier.codes])
    return None


def _tells_mistake(message: Message) -> bool:
    """Whether a message tells, and does not ask, that another code was meant."""
    asks = "?" in message.text or any(map(begins_question, message.clauses))
    return not asks and len(message.words.split()) > 1 and _CORRECTS(message.words)


def _added(message: Message, topic: Topic | None, earlier: Question) -> Question | None:
    """The earlier question of several codes with one more: "81002 too", "and add N18.6"."""
    if earlier.topic not in OF_PAIRS or len(earlier.codes) < 2 or topic not in (None, *OF_PAIRS):
        return None
    new = message.codes[0]
    if len(message.codes) > 1 or new.text in {code.text for code in earlier.codes} or not _ADDS(message.words):
        return None
    return (
        changed(earlier, message, [*earlier.codes, new])
        if is_diagnosis(earlier.codes[0]) == is_diagnosis(new)
        else None
    )


def _in_place(message: Message, earlier: Question, before: Before) -> Question | None:
    """The earlier question of other codes: of several, those stay that are of another kind."""
    if earlier.topic in _NEVER_OF_CODES and Aspect.FIRST_LISTED not in earlier.aspects:
        return None
    codes = message.codes
    same_kind = not earlier.codes or is_diagnosis(earlier.codes[0]) == is_diagnosis(codes[0])
    if not same_kind and earlier.topic not in (Topic.CODE, Topic.VALIDITY, Topic.BILLABLE, Topic.COVERAGE):
        return None
    if earlier.topic in OF_PAIRS and len(codes) == 1 and len(earlier.codes) > 1:
        replaced = _most_alike(earlier.codes, codes[0], before)
        new = replace(codes[0], modifiers=codes[0].modifiers or replaced.modifiers)
        return changed(earlier, message, [new if code is replaced else code for code in earlier.codes])
    if earlier.topic is Topic.MODIFIER and len(codes) == len(earlier.codes) == 1:
        codes = (replace(codes[0], modifiers=codes[0].modifiers or earlier.codes[0].modifiers),)
    kept = earlier.codes[: max(0, len(earlier.codes) - len(codes))] if earlier.topic in OF_PAIRS else ()
    if earlier.topic is Topic.ADD_ON and len(earlier.codes) == 2 and len(codes) == 1:
        # Another primary code: the add-on code stays.
        kept = earlier.codes[1:] if _FOR_PRIMARY.search(earlier.text) else earlier.codes[:1]
    if earlier.topic is Topic.COVERAGE and not same_kind:
        kept = tuple(code for code in earlier.codes if is_diagnosis(code) != is_diagnosis(codes[0]))
    return changed(earlier, message, (*kept, *codes))


def _most_alike(codes: Sequence[Code], new: Code, before: Before) -> Code:
    """Return the code that a new one takes the place of: the one of its kind, else the one that was named last."""
    alike = [_in_common(code.text, new.text) for code in codes]
    of_one_kind = max(alike)[0] >= _OF_ONE_KIND[is_diagnosis(new)] and alike.count(max(alike)) == 1
    newest = next((code for code in codes if before.newest and code.text == before.newest.text), codes[-1])
    return codes[alike.index(max(alike))] if of_one_kind else newest


def _in_common(one: str, other: str) -> tuple[int, int]:
    """Return how many characters two codes begin with alike, and how many they have at the same places."""
    same = [first == second for first, second in zip(one, other, strict=False)]
    return [*same, False].index(False), sum(same)


def _joined(message: Message, topic: Topic, before: Before) -> Question | None:
    """The code that was spoken of together with the one that is named."""
    named, earlier = message.codes[0], before.question
    spoken_of = [code for code in before.it or before.codes if code.text != named.text]
    if earlier and earlier.topic in OF_PAIRS and topic == earlier.topic:
        spoken_of = [code for code in earlier.codes if code.text != named.text]
    if not spoken_of or (topic is not Topic.ADD_ON and is_diagnosis(spoken_of[0]) != is_diagnosis(named)):
        return None
    joined = with_dates(details(replace_codes(message, (spoken_of[0], named)), topic), before)
    if topic is Topic.DIAGNOSES_TOGETHER and earlier and Aspect.CODE_FIRST in earlier.aspects:
        return replace(joined, aspects=joined.aspects | {Aspect.CODE_FIRST})
    if topic is Topic.DIAGNOSES_TOGETHER and earlier and Aspect.FIRST_LISTED in earlier.aspects:
        # "can R65.21 be first?", "with A41.51": the order goes on.
        return replace(joined, aspects=frozenset({Aspect.CODE_FIRST}), binary=False)
    return joined
