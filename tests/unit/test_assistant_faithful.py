"""Which sentences of a model an answer carries."""

import pytest

from services.assistant.answer import Answer, Source, Verdict
from services.assistant.llm.faithful import Ground
from services.assistant.llm.sentences import Sentences
from services.assistant.llm.silence import Reason
from services.assistant.question import Code, Question, Topic

ASKED = "A memo says $90: can I bill 4 units of 97110 on 8/1/2024, FY2099?"
QUESTION = Question(ASKED, Topic.MUE, codes=(Code("97110", ()),), binary=True)
BODY = (
    "**97110** may be billed for at most 6 units: the MUE is 6, MAI 3, the seventh unit is denied. "
    "It pays $29.80, 50% of it for E11.9, since 2024-07-01."
)
SOURCES = (Source("NCCI MUE practitioner 2024Q3"),)


def objection(sentence: str, verdict: Verdict | None = Verdict.PASS) -> Reason | None:
    return Ground(QUESTION, Answer(BODY, verdict, SOURCES)).objection(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Four units are below the limit of six.",
        "On August 1, 2024 and since 7/1/24 the seventh unit is not paid.",
        "The MUE of 97110 is an edit of NCCI by the date of service.",
        "It is paid at $29.80, and half is 50 percent.",
        "E11 is the category of E11.9.",
        "Two codes are one question.",
    ],
)
def test_what_the_answer_says_may_be_said_in_other_words(sentence: str) -> None:
    assert objection(sentence) is None


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (Reason.INVENTED_CODE, "Report 97112 as well."),
        (Reason.INVENTED_CODE, "It is in Section IV.E.7."),
        (Reason.INVENTED_CODE, "Append modifier XS."),
        (Reason.INVENTED_CODE, "It is so since FY2099."),
        (Reason.INVENTED_NUMBER, "It pays $90."),
        (Reason.INVENTED_NUMBER, "It is so since August 2, 2024."),
        (Reason.INVENTED_NUMBER, "The limit is 8 units."),
        (Reason.INVENTED_NUMBER, "The limit is eight units."),
        (Reason.INVENTED_NUMBER, "One pays $6 for it."),
        (Reason.INVENTED_NUMBER, "It is 6% of that."),
        (Reason.INVENTED_NUMBER, "Bill two units."),
        (Reason.NEW_SOURCE, "The AMA says so."),
        (Reason.NEW_SOURCE, "An LCD says so."),
        (Reason.NEW_SOURCE, "The memo says so."),
        (Reason.NEW_SOURCE, "Verdict: fail."),
        (Reason.MARKUP, "See example.com for more."),
        (Reason.MARKUP, "![x](//evil)"),
        (Reason.MARKUP, "It is <b>fine</b>."),
        (Reason.MARKUP, "It is &lt;b&gt; fine."),
        (Reason.MARKUP, "It is\u202e fine."),
        (Reason.MARKUP, "- it is fine."),
        (Reason.MARKUP, "| it | is |"),
    ],
)
def test_what_the_answer_does_not_say_is_not_said(reason: Reason, sentence: str) -> None:
    assert objection(sentence) is reason


@pytest.mark.parametrize(
    ("sentence", "contradicts"),
    [
        ("It can be billed.", {Verdict.FAIL, Verdict.NO, Verdict.NO_DATA}),
        ("It cannot be billed.", {Verdict.PASS, Verdict.YES, Verdict.NO_DATA, Verdict.BYPASSED}),
        ("It is not payable.", {Verdict.PASS, Verdict.YES, Verdict.NO_DATA, Verdict.BYPASSED}),
        ("It isn't payable.", {Verdict.PASS, Verdict.YES, Verdict.NO_DATA, Verdict.BYPASSED}),
        ("The claim is not denied.", {Verdict.FAIL, Verdict.NO, Verdict.NO_DATA}),
        ("Without a modifier it is denied.", {Verdict.PASS, Verdict.YES, Verdict.NO_DATA}),
        ("Yes, it is so.", {Verdict.FAIL, Verdict.NO, Verdict.NO_DATA, Verdict.BYPASSED}),
        ("No, it is not so.", {Verdict.PASS, Verdict.YES, Verdict.NO_DATA, Verdict.BYPASSED}),
        ("No modifier is needed.", set()),
        ("E11.9 is billable.", set()),
        ("The limit counts a day.", set()),
    ],
)
def test_the_verdict_is_not_contradicted(sentence: str, contradicts: set[Verdict]) -> None:
    assert {verdict for verdict in Verdict if objection(sentence, verdict)} == contradicts
    assert objection(sentence, None) is None


def test_sentences_are_put_together_from_pieces() -> None:
    text = 'E11.9 is one, e.g. here. "So it is." It counts\nby day. Type A. And the rest'
    for size in (1, 3, 100):
        sentences = Sentences()
        pieces = [text[place : place + size] for place in range(0, len(text), size)]

        whole = [sentence for piece in pieces for sentence in sentences.feed(piece)]

        assert whole == ["E11.9 is one, e.g. here.", '"So it is."', "It counts", "by day."]
        assert sentences.rest() == ""
