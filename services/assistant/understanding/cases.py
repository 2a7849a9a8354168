"""Whether a question tells a case: something of a patient or of a service, and not only of the claim."""

from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.missing import telling
from services.assistant.understanding.vocabulary import words_of_medicine

_A_FEW_WORDS = 2
# What somebody says is right, no side and nothing of medicine.
_SAID_RIGHT = Cues(
    "who is right, whos right, which of them is right, which of us is right, who is correct, is she right, "
    "is he right, are they right, am i right, is that right, is this right, is it right"
)
# Who and what has to do with a claim.
OF_CLAIMS = Cues(
    "doctor, doctors, doc, docs, provider, providers, physician, coder, coders, biller, billers, auditor, my, our, "
    "form, forms, encounter form, superbill, encounter, alone, by itself, itself, uses, using, keep, keeps, always, "
    "final, swears, insists, claims, thinks, believes, says so, told me, true, go, going, to go, out, pass, passes, "
    "as it stands, stands, possible, really, patient, patients, patients chart, chart, record, office, clinic, "
    "hospital, screen, system, software, payer, insurance, scrubber, accept*, wants, want, wrote, picked, chose, "
    "entered, came back, came, back, returned, because of, complete, claim, must, field, box, ub 04, ub04, edit, "
    "permitted, permissible, proper, another, required, nothing else, only, only one, single, sole, just, whole, "
    "entire, list, listed, code set, book, safe, safely, documents, document, documented, leave, leaves, team, asks, "
    "asked"
)


def without_opinions(words: str) -> str:
    """Return words without the question whether somebody is right, which names no side."""
    return _SAID_RIGHT.left_out(words)


def tells_a_case(phrase: str) -> bool:
    """Tell whether a phrase tells something of a patient or a service, and not only of the claim and who makes it."""
    words = without_opinions(words_of(phrase))
    if len(words.split()) < _A_FEW_WORDS:
        return False
    return words_of_medicine(OF_CLAIMS.left_out(words)) > 0 or telling(OF_CLAIMS.left_out(words)) >= _A_FEW_WORDS
