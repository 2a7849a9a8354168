"""What is said once for several questions of a message: codes, the date of service, and the setting."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.assistant.question import Code, Setting, Topic
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.found import is_old
from services.assistant.understanding.message import Message, replace_codes
from services.assistant.understanding.missing import is_defined, says_nothing
from services.assistant.understanding.places import setting_of
from services.assistant.understanding.pointing import means_one, points_back
from services.assistant.understanding.topics import OF_SERVICES, place

# Where a date is said once for all questions of a message: at its beginning, or so in words.
_AT_START = Cues("<date>, on <date>, for <date>, in <date>, as of <date>")
_FOR_ALL = Cues(
    "dos <date>, dos is <date>, dos was <date>, date of service <date>, all <date>, all on <date>, all for <date>"
)
_SAME_DATE = Cues("same date, same day, same dos, that date, that day")
_OF_SEVERAL = Cues("difference, differ, compare, compared")
# "Hospital claim: ...".
_LABEL = re.compile(r"[^:?,;.]{1,40}:(?=\s)")


def with_lent(messages: Sequence[Message]) -> Iterator[Message]:
    """Lend the questions of a message what is said once for several: codes, and the date of service."""
    first = next((message.codes for message in messages if message.codes), ())
    earlier: list[tuple[Code, ...]] = []
    for message in _dated(messages):
        if message.codes:
            earlier.append(message.codes)
        # What comes after codes follows up the last; only of all that were named one by one it does not.
        each = [codes[0] for codes in earlier if len(codes) == 1]
        of_several = _OF_SEVERAL(message.words) or (points_back(message.words) and not means_one(message.words))
        of_each = len(each) > 1 and of_several
        codes = each if of_each else () if earlier else first
        lent = (
            codes
            and not is_old(codes)
            and not message.codes
            and _lacks_codes(message)
            and place(replace_codes(message, codes)).topic
        )
        yield replace_codes(message, codes) if lent else message


def _dated(messages: Sequence[Message]) -> Iterator[Message]:
    """Lend each question without a date the one of the nearest before it, else after it, of its kind."""
    at_start = _AT_START.at_start(messages[0].words)
    told = messages[0] if at_start else next((message for message in messages if _FOR_ALL(message.words)), None)
    codes: tuple[Code, ...] = ()
    for number, message in enumerate(messages):
        codes = message.codes or codes
        if message.dates:
            yield message
            continue
        others = [*messages[:number][::-1], *messages[number + 1 :]]
        lent = next((one for one in others if one.dates and _is_dated_by(message, codes, one)), told)
        # What a diagnosis is, is not asked as of the date of a service.
        apart = lent and lent is told and not at_start and message.diagnoses and lent.services and not lent.diagnoses
        yield message if lent is None or apart else replace(message, dates=lent.dates)


def _is_dated_by(message: Message, codes: Sequence[Code], other: Message) -> bool:
    """Whether a question of codes, its own or those before it, is of the date of another one.

    It is not where one is of services and the other of diagnoses; of rules, or of a code that is looked for, is no
    question of services either.
    """
    if _SAME_DATE(message.words):
        return True
    sought = not message.codes and place(message).topic in (Topic.FIND, Topic.GUIDELINE)
    if not other.codes:
        return not (sought and place(other).topic in OF_SERVICES)
    if sought:
        return bool(other.diagnoses)
    asked = replace_codes(message, codes)
    same_kind = (asked.diagnoses and other.diagnoses) or (asked.services and other.services)
    return bool(same_kind or not codes)


def _lacks_codes(message: Message) -> bool:
    """Whether a question names nothing that it could be about: "hcc and ccsr of E11.9"."""
    named = message.codes or message.modified or message.place or message.section
    return not named and says_nothing(message.words) and not is_defined(message.words)


def setting_for_all(messages: Sequence[Message]) -> Setting | None:
    """Return the setting that is told for all questions: "hospital claim: MUE of 97110, and 97110 with 97140?"."""
    label = _LABEL.match(messages[0].text)
    if len(messages) > 1 and label and (setting := setting_of(words_of(label.group()))):
        return setting
    told = (message for message in messages if message.asked and not setting_of(message.asked.words))
    return next((message.setting for message in told if message.setting), None)
