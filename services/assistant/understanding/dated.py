"""A question that names several dates of service: it is asked of each."""

import re
from collections.abc import Iterator
from dataclasses import replace

from services.assistant.question import Question, Topic
from services.assistant.understanding.message import Message

# Of these a question is asked again for each date that it names.
_OF_DATES = (
    *(Topic.PAIR, Topic.MUE, Topic.FEE, Topic.ADD_ON, Topic.MODIFIER),
    *(Topic.BILLABLE, Topic.VALIDITY, Topic.CODE, Topic.DIAGNOSES_TOGETHER),
)
_MARKS = re.compile(r"<(?:px|dx|date)>")
_EACH_DATED = re.compile(r"(?:<[pd]x><date>){2,}|(?:<date><[pd]x>){2,}")
_OF_ONE_DATE = (
    "NCCI PTP edits are between services of one date of service, and these were named with a date each: no edit keeps "
    "them apart. Which date do you want to check both for?"
)
_JOINED = r"(?:\s*[,;&/]|\s+(?:and|or|vs\.?|versus|then|to|on|compared|with)\b)*"
_DANGLING = re.compile(rf"{_JOINED}(?=\s*[?.!]*$)", re.IGNORECASE)


def on_each_date(question: Question, message: Message) -> Iterator[Question]:
    """Yield a question once for each date that it is asked of; of services that have each its own, each of its own."""
    dates = (message.dates, *message.further_dates)
    if question.topic not in _OF_DATES or question.dates != message.dates or not message.further_dates:
        yield question
        return
    named = question.codes if len(question.codes) > 1 else (question.codes[0].lines if question.codes else ())
    each = _EACH_DATED.fullmatch("".join(_MARKS.findall(message.words))) and len(dates) == len(named)
    if each and question.topic is Topic.PAIR:
        yield question.about(Topic.UNSPECIFIED, missing=_OF_ONE_DATE)
        return
    for number, one in enumerate(dates):
        text = question.text
        for other in dates:
            if other and other != one:
                text = re.sub(rf"{re.escape(other.written)}{_JOINED}", " ", text)
        codes = named[number : number + 1] if each else question.codes
        text = _DANGLING.sub("", " ".join(text.split()))
        otherwise = question.otherwise and replace(question.otherwise, dates=one)
        yield replace(question, text=text, dates=one, codes=codes, otherwise=otherwise)
