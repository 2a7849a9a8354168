"""Words that tell what a question is about, and how a text is made ready to be compared with them."""

import re

from rapidfuzz import process
from rapidfuzz.distance import OSA


def word_set(words: str) -> frozenset[str]:
    """Return words that are written with spaces between them."""
    return frozenset(words.split())


# What coders write for longer words.
_ABBREVIATIONS = {
    "w": "with",
    "wo": "without",
    "w/o": "without",
    "w/": "with",
    "&": "and",
    "+": "and",
    "dx": "diagnosis",
    "dxs": "diagnoses",
    "dxes": "diagnoses",
    "diag": "diagnosis",
    "px": "procedure",
    "proc": "procedure",
    "mod": "modifier",
    "mods": "modifiers",
    "hx": "history",
    "pt": "patient",
    "pts": "patients",
    "bilat": "bilateral",
    "pmt": "payment",
    "reimb": "reimbursement",
    "cov": "coverage",
    "desc": "description",
    "descr": "description",
    "diff": "difference",
    "dif": "difference",
    "versus": "vs",
    "v": "vs",
    "prof": "professional",
    "phys": "physician",
    "hosp": "hospital",
    "outpt": "outpatient",
    "inpt": "inpatient",
    "ip": "inpatient",
    "u": "you",
    "r": "are",
    "ur": "your",
    "pls": "please",
    "plz": "please",
    "bill'd": "billed",
    "max": "maximum",
    "asst": "assistant",
    "mult": "multiple",
    "amt": "amount",
    "cf": "conversion factor",
    "conv": "conversion",
    "addl": "additional",
    "char": "character",
    "chars": "characters",
    "subq": "subsequent",
    "icd10": "icd 10",
    "icd10cm": "icd 10 cm",
    "icd10pcs": "icd 10 pcs",
    "icd9": "icd 9",
    "icd9cm": "icd 9 cm",
    "addon": "add on",
    "addons": "add ons",
    "excl1": "excludes1",
    "excl2": "excludes2",
    "exclude1": "excludes1",
    "exclude2": "excludes2",
    "e/m": "em",
    "7th": "seventh",
    "xwalk": "crosswalk",
    "ocg": "guidelines",
    "pdx": "principal diagnosis",
    "fac": "facility",
    "nonfac": "nonfacility",
    "dig": "digit",
}

# Words that are understood misspelled. Those that a letter makes another word of medicine (section and suction) are
# not among them.
_SPELLED = word_set(
    "billable billing reportable together separately unbundle unbundled bundled bundling modifier modifiers "
    "diagnosis diagnoses procedure guideline guidelines description excludes excludes1 excludes2 includes "
    "coverage covered necessity medically unlikely reimburse reimbursement reimbursed payment medicare crosswalk "
    "conversion convert laterality bilateral hierarchy category children chapter releases edition specific "
    "facility physician practitioner hospital outpatient inpatient difference compare character deleted replaced "
    "replacement effective expired happened terminated discontinued sequence sequenced sequencing principal assistant "
    "descriptor encounter additional maximum allowed allowable indicator rationale relative locality subsequent "
    "mutually service services claims submitted unspecified documented documentation meaning column"
)
# Words that look like a misspelling of those, and are none.
_OTHER_WORDS = word_set(
    "different includer modified unilateral impatient patient patients medial medical section suction excluded "
    "included include exclude deletes covers covering convenes diagnose diagnosed compared compares fracture "
    "facial spinal documents document submit allows physicians hospitals claimed bundle replaces replacing "
    "terminates sequela necessary diagnostic diagnosing characters converted converts "
    "convention conventions conversions description descriptions"
)
# In one order, so that of two that are as near always the same one is taken.
_KNOWN = tuple(sorted(_SPELLED))
_LONG = 6
_LONGER = 9

_APOSTROPHES = re.compile(r"['’`]")
# Without its apostrophe it were another word.
_WE_ARE = re.compile(r"\bwe['’`]re\b")
_WORD = re.compile(r"<[a-z]+>|w/o?(?![a-z])|e/m\b|&|\+|[a-z0-9]+(?:\.[a-z0-9]+)*")
# A dot after one capital letter ends nothing: "C. diff".
_CLAUSE_END = re.compile(r"[,;:?!()\n]|\.(?=\s|$)(?!(?<=\b[A-Z]\.)\s[a-z])|\s[-–—]+\s")


class Cues:
    """Phrases with commas between them, of which one is looked for in the words of a text.

    `*` ends a word in any way, `...` is up to 3 words.
    """

    def __init__(self, phrases: str) -> None:
        self._pattern = re.compile(
            r"(?<!\S)(?:" + "|".join(map(_pattern, sorted(phrases.split(", "), key=len, reverse=True))) + r")(?!\S)"
        )

    def __call__(self, words: str) -> bool:
        """Tell whether one of the phrases is there."""
        return bool(self._pattern.search(words))

    def at_start(self, words: str) -> bool:
        """Tell whether the words begin with one of the phrases."""
        return bool(self._pattern.match(words))

    def are_all(self, words: str) -> bool:
        """Tell whether the words are one of the phrases and nothing else."""
        return bool(self._pattern.fullmatch(words))

    def left_out_at_start(self, words: str) -> str:
        """Return the words without the phrase that they begin with."""
        match = self._pattern.match(words)
        return words[match.end() :].strip() if match else words

    def left_out(self, words: str) -> str:
        """Return the words without the phrases."""
        return " ".join(self._pattern.sub(" ", words).split())


def any_of(*patterns: str) -> re.Pattern[str]:
    """Return a pattern of words that are said in any of some ways."""
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


def words_of(text: str) -> str:
    """Return the words of a text in lower case, with one space between them, abbreviations and misspellings undone."""
    return " ".join(_read(word) for word in _WORD.findall(_APOSTROPHES.sub("", _WE_ARE.sub("we are", text.lower()))))


def clauses_of(text: str) -> list[str]:
    """Return the words of each clause of a text."""
    return [words for part in _CLAUSE_END.split(text) if (words := words_of(part))]


def _read(word: str) -> str:
    if word in _ABBREVIATIONS:
        return _ABBREVIATIONS[word]
    if len(word) < _LONG or word in _SPELLED or word in _OTHER_WORDS or not word.isalnum():
        return word
    found = process.extractOne(word, _KNOWN, scorer=OSA.distance, score_cutoff=2)
    if not found:
        return word
    known, wrong = str(found[0]), found[1]
    # A first letter is seldom wrong, and another one mostly makes another word; an ending is no misspelling.
    likely = wrong == 1 or min(len(word), len(known)) >= _LONGER
    return known if likely and known[0] == word[0] and not _inflected(word, known) else word


def _inflected(word: str, known: str) -> bool:
    return word[:5] == known[:5] and word[-2:] in ("ed", "ng", "ly", "es", "er", "al") and word[-2:] != known[-2:]


def _pattern(phrase: str) -> str:
    pattern = re.escape(phrase).replace(r"\*", r"\S*").replace(r"\ \.\.\.\ ", r"(?: \S+){0,3} ")
    return pattern.replace(r"\ ", " ")
