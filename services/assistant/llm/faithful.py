"""What an explanation may say: nothing beyond the question and the composed answers."""

import re
import unicodedata

from services.assistant.answer import Answer, Verdict, head, tail
from services.assistant.checking import invented, named_by
from services.assistant.llm.numbers import DATE, numbers_in
from services.assistant.llm.silence import Reason
from services.assistant.mentions import codes_in, compact, mentioned
from services.assistant.question import Question

_MARKUP = re.compile(
    r"[\[\]<>`|\\#*_~^{}]|://|&\w+;|\bwww\.|\w@\w|\w\.(?:com|org|net|gov|edu|info|io|ai|us)\b|^\W*[-+]\s|^\d+[.)]\s",
    re.IGNORECASE,
)
_FRAME = re.compile(r"\b(?:verdict|sources?)\b", re.IGNORECASE)
_SOURCE = re.compile(
    r"\b(?:AMA|AHA|AAPC|AHIMA|OIG|CFR|CMS|NCCI|LCDs?|NCDs?|MLN\w*|HHS|FDA|CPT Assistant|Coding Clinic|Federal Register"
    r"|transmittals?|memo(?:randum)?|bulletin|[Mm]anual|[Gg]uidelines?|[Aa]rticles?|[Ww]ebsite)\b"
)
# A modifier, or another name with digits in it: an edition, a category of CCSR.
_NAME = re.compile(r"\b(?:[A-Z][A-Z0-9]|(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{3,})\b")

_AFFIRMED = re.compile(
    r"\bpass(?:es|ed)?\b"
    r"|\b(?:can|may|could|should|will|would)(?P<not1> not)? be (?:\w+ )?"
    r"(?:billed|reported|coded|paid|submitted|reimbursed|claimed|used|accepted)\b"
    r"|\b(?:is|are|as)(?P<not2> not| never|n['’]t)? (?:\w+ )?"
    r"(?:allowed|permitted|payable|billable|valid|covered|exempt|acceptable|reportable)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\bfail(?:s|ed)?\b"
    r"|\b(?:is|are|be|gets?)(?P<not1> not|n['’]t)? (?:denied|rejected|invalid|unpayable|excluded|bundled)\b"
    r"|\b(?:cannot|can['’]t|must not|may not|should not|never) (?P<not2>)be\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"(?:\bnot|\bnever|\bno|n['’]t|\bcannot|\bneither)(?:\s\w+){0,2}\s*$", re.IGNORECASE)
_YES_OR_NO = re.compile(r"\W*(yes|no)\s*[,.:;–—-]", re.IGNORECASE)
_GOOD = (Verdict.PASS, Verdict.YES)
_BAD = (Verdict.FAIL, Verdict.NO)


class Ground:
    """What sentences are held against: a question with its composed answer, and answers that came later.

    Codes and counts may be those of the question; sources, amounts and other names are those of answers alone.
    """

    def __init__(self, question: Question, answer: Answer) -> None:
        self._verdict = answer.verdict
        self._asked = {compact(code.text) for code in question.codes}
        self._known = named_by(question)
        self._names = set(question.all_modifiers)
        self._numbers = {(kind, number) for kind, number in numbers_in(question.text) if kind in ("", DATE)}
        self.answers = ""
        self.add(written(answer))

    def add(self, text: str) -> None:
        """Let sentences say what the text of an answer says."""
        self.answers = f"{self.answers}\n{text}".strip()
        self._known |= mentioned(text)
        self._names |= set(_NAME.findall(text))
        self._numbers |= numbers_in(text)

    def objection(self, sentence: str) -> Reason | None:
        """Return what is wrong with a sentence; None when it says nothing that was not said."""
        if _MARKUP.search(sentence) or any(unicodedata.category(sign).startswith("C") for sign in sentence):
            return Reason.MARKUP
        if _FRAME.search(sentence) or not all(name in self.answers for name in _SOURCE.findall(sentence)):
            return Reason.NEW_SOURCE
        if invented(sentence, self._known) or not _names(sentence) <= self._names:
            return Reason.INVENTED_CODE
        if not numbers_in(sentence) <= self._numbers:
            return Reason.INVENTED_NUMBER
        return Reason.CONTRADICTED_VERDICT if self._contradicts(sentence) else None

    def _contradicts(self, sentence: str) -> bool:
        """Tell whether a sentence about what was asked, and not about other codes, comes to another verdict."""
        if self._verdict is None:
            return False
        codes = {code.partition("-")[0] for _, code in codes_in(sentence)}
        if codes and not codes & self._asked:
            return False
        begins = _YES_OR_NO.match(sentence)
        if begins:
            return self._verdict not in (_GOOD if begins[1].lower() == "yes" else _BAD)
        says = {_holds(sentence, match) for match in _AFFIRMED.finditer(sentence)}
        says |= {not _holds(sentence, match) for match in _DENIED.finditer(sentence)}
        if self._verdict is Verdict.BYPASSED:
            return False in says and True not in says and "without" not in sentence.lower()
        return (self._verdict not in _GOOD and True in says) or (self._verdict not in _BAD and False in says)


def written(answer: Answer) -> str:
    """Return an answer as it is written."""
    return f"{head(answer)}{answer.body}{tail(answer)}"


def _names(sentence: str) -> set[str]:
    """Return the names in a sentence that are no codes."""
    for code, _ in codes_in(sentence):
        sentence = sentence.replace(code, " ")
    return set(_NAME.findall(sentence))


def _holds(sentence: str, match: re.Match[str]) -> bool:
    """Tell whether what is matched is said to hold, not to fail to."""
    negated = bool(match["not1"] or match["not2"]) or bool(_NEGATED.search(sentence[: match.start()]))
    return not negated
