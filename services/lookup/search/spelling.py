"""Spelling that varies without a change of meaning: British forms, irregular plurals, numerals, hyphened prefixes."""

import re

# British spelling to American, in this order; the book is American.
_BRITISH = (
    (r"haem", "hem"),
    (r"aemi", "emi"),
    (r"^oe(?=d|s|t)", "e"),
    (r"oedem", "edem"),
    (r"oesoph", "esoph"),
    (r"oestr", "estr"),
    (r"rrhoe", "rrhe"),
    (r"pnoe", "pne"),
    (r"^p(?:ae|oe)d", "ped"),
    (r"paed", "ped"),
    (r"^foet", "fet"),
    (r"coeli", "celi"),
    (r"^aeti", "eti"),
    (r"anaes", "anes"),
    (r"gynaec", "gynec"),
    (r"^caes", "ces"),
    (r"^faec", "fec"),
    (r"caec", "cec"),
    (r"^archae", "arche"),
    (r"(?<=[a-z]{2})our(?=$|s$|ed$|ing$|al)", "or"),
    (r"(?<=[a-z]{2}[bct])re(?=$|s$|d$)", "er"),
    (r"sulph", "sulf"),
    (r"isation", "ization"),
    (r"(?<=[a-z]{3})ysed$", "yzed"),
    (r"^mould", "mold"),
    (r"^grey", "gray"),
    (r"manoeuv", "maneuv"),
)
_BRITISH_ANY = re.compile("|".join(f"(?:{pattern})" for pattern, _ in _BRITISH))
_BRITISH_EACH = tuple((re.compile(pattern), replacement) for pattern, replacement in _BRITISH)

# Words that end as a British form does and are not one.
_NOT_BRITISH = frozenset({"flour", "contour"})

_PLURALS = {
    "feet": "foot",
    "teeth": "tooth",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "lice": "louse",
    "ganglia": "ganglion",
    "phalanges": "phalanx",
    "bacteria": "bacterium",
    "ova": "ovum",
    "septa": "septum",
    "diverticula": "diverticulum",
    "testes": "testis",
    "pelves": "pelvis",
    "apices": "apex",
    "cervices": "cervix",
    "cortices": "cortex",
    "varices": "varix",
    "larynges": "larynx",
    "meninges": "meninx",
    "viscera": "viscus",
    "corpora": "corpus",
    "femora": "femur",
    "stigmata": "stigma",
    "crises": "crisis",
    "metastases": "metastasis",
    "diagnoses": "diagnosis",
    "prognoses": "prognosis",
    "anastomoses": "anastomosis",
    "exostoses": "exostosis",
    "psychoses": "psychosis",
    "neuroses": "neurosis",
    "stenoses": "stenosis",
    "thromboses": "thrombosis",
    "scleroses": "sclerosis",
    "cirrhoses": "cirrhosis",
    "emboli": "embolus",
    "thrombi": "thrombus",
    "bronchi": "bronchus",
    "calculi": "calculus",
    "fungi": "fungus",
    "nevi": "nevus",
    "naevi": "nevus",
    "naevus": "nevus",
    "foci": "focus",
    "nuclei": "nucleus",
    "alveoli": "alveolus",
    "menisci": "meniscus",
    "uteri": "uterus",
    "villi": "villus",
    "cocci": "coccus",
    "vertebrae": "vertebra",
    "fistulae": "fistula",
    "bursae": "bursa",
    "bullae": "bulla",
    "scapulae": "scapula",
    "tibiae": "tibia",
    "fibulae": "fibula",
    "petechiae": "petechia",
    "striae": "stria",
    "papillae": "papilla",
}

# The forms of irregular verbs that people write of themselves: "fell", "torn", "losing". What is also another word is
# not among them ("left", "found", "wound", "drunk").
_VERBS = {
    form: base
    for base, forms in {
        "bite": "bit bitten",
        "bleed": "bled",
        "blow": "blew blown",
        "break": "broke broken",
        "burn": "burnt",
        "catch": "caught",
        "choose": "chose chosen",
        "drink": "drank",
        "drive": "drove driven",
        "eat": "ate eaten",
        "fall": "fell fallen",
        "feel": "felt",
        "forget": "forgot forgotten",
        "freeze": "froze frozen",
        "give": "gave given",
        "go": "went gone goes",
        "grow": "grew grown",
        "hear": "heard",
        "keep": "kept",
        "loss": "lose loses losing lost",
        "ride": "rode ridden",
        "run": "ran",
        "shake": "shook shaken",
        "sleep": "slept",
        "speak": "spoke spoken",
        "spin": "spun",
        "steal": "stole stolen",
        "stick": "stuck",
        "sting": "stung",
        "strike": "struck stricken",
        "swell": "swollen",
        "swim": "swam swum",
        "take": "took taken",
        "tear": "tore torn",
        "throw": "threw thrown",
        "wake": "woke woken",
        "wear": "wore worn",
    }.items()
    for form in forms.split()
}

_NUMBERS = {
    "zero": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "4th": "fourth",
    "5th": "fifth",
}
_ROMAN = {"ii": "2", "iii": "3", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12", "xiii": "13"}
# Letters that are numerals only after a word that numbers things.
_ROMAN_LETTERS = {"i": "1", "iv": "4", "v": "5", "x": "10"}
NUMBERED = frozenset({"type", "stage", "grade", "class", "degree", "factor", "category", "level", "phase", "group"})

# Prefixes that are written apart, hyphened or closed: "non-pressure", "non pressure", "nonpressure".
_PREFIXES = (
    "non pre post anti sub intra inter peri para re co de dis hyper hypo micro macro multi poly pseudo semi ultra "
    "extra infra supra trans retro auto neo un"
)
HYPHENED_PREFIXES = frozenset(_PREFIXES.split())
SPACED_PREFIXES = frozenset({"non", "pre", "anti"})


def standard(word: str, numbered: bool) -> str:
    """Return the standard spelling of a lower-case word; `numbered`: it stands after a word that numbers things."""
    if word in _PLURALS:
        return _PLURALS[word]
    if word in _VERBS:
        return _VERBS[word]
    if word in _NUMBERS:
        return _NUMBERS[word]
    if word in _ROMAN:
        return _ROMAN[word]
    if numbered and word in _ROMAN_LETTERS:
        return _ROMAN_LETTERS[word]
    if _BRITISH_ANY.search(word) and word not in _NOT_BRITISH:
        for pattern, replacement in _BRITISH_EACH:
            word = pattern.sub(replacement, word)
    if word.endswith("omata"):
        return word[:-2]
    return word
