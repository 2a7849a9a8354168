"""What is no question of medical coding, or one that is not answered."""

import re
from enum import StrEnum

from services.assistant.understanding.care import asks_for_care, asks_how_much
from services.assistant.understanding.code_systems import CPT
from services.assistant.understanding.cues import Cues, any_of
from services.assistant.understanding.deceit import deceives
from services.assistant.understanding.message import Message
from services.assistant.understanding.missing import needs_no_service
from services.assistant.understanding.vocabulary import says_something_of_coding, words_of_medicine


class Refused(StrEnum):
    """Why a question is not answered; the phrase of a question that is out of scope."""

    DOCUMENTATION = "help to report what was not done or not documented"
    DOSES = "doses of drugs"
    DESCRIPTORS = "licensed descriptors"
    MEDICAL_ADVICE = "medical advice"
    LEGAL_ADVICE = "legal advice"
    PATIENTS = "data of patients"
    INSTRUCTIONS = "instructions of the assistant"
    OTHER = "not medical coding"


# Of a reason that a message as a whole may show, though none of its questions does alone.
_SHOWN_BY_THE_WHOLE = (Refused.DOCUMENTATION, Refused.MEDICAL_ADVICE, Refused.LEGAL_ADVICE)

_LICENSED = Cues("ama, cpt, cpts")
_DESCRIPTORS = Cues(
    "descriptor, descriptors, word for word, verbatim, ama description, ama descriptions, ama text, ama wording, "
    "official ama, exact wording, exact cpt, cpt wording, cpt text, full wording, full text of, copyrighted, "
    "cpt book text, cpt descriptions, entire cpt, full ama, whole cpt, cpt codebook, text of cpt, long description, "
    "long descriptions, full description, full descriptions, official description, official descriptions, "
    "official text, official wording, complete description, complete descriptions, description text, "
    "entire description, exact description, exact text, full definition, official definition, cpt book says, "
    "cpt book ... say, ama ... description, ama ... descriptions, ama ... wording, ama ... text, as printed in, "
    "as it appears in, codebook text, ama book, complete cpt *, full cpt *, official cpt *, cpt language, "
    "every cpt code, all cpt codes with, all the cpt codes with"
)
_SUES = any_of(
    (
        r"(?:can|could|should|may|will|would|how do|how can) (?:i|we|they|he|she|you|the \w+|a \w+|my \w+) (?:be |get |"
        r"legally |ever )?(?:sued?|sue|arrested|prosecuted|go to (?:jail|prison)|lose (?:my|our|his|her) license|"
        r"held liable|fired for|fire me|jailed|indicted)"
    ),
    r"su(?:e|ing) (?:the|my|our|a|an|them|him|her|medicare|insurance)",
    r"legal advice",
    r"legal opinion",
    r"as (?:a|my|our) (?:lawyer|attorney)",
    r"(?:a|my|our) (?:lawyer|attorney)",
    r"lawyers?",
    r"attorneys?",
    r"lawsuits?",
    r"class action",
    r"(?:allowed|right) to sue",
    r"(?:my|our|legal) rights",
    r"go to (?:jail|prison)",
    r"have a case",
    r"qui tam",
    r"whistle ?blowers?",
    r"hipaa (?:fines?|lawsuit|penalt\w+)",
    r"wrongful termination",
    r"legal action",
    r"press charges",
    r"criminal charges",
    r"contract law",
    r"legally liable",
    r"statute of limitations",
    r"small claims",
)
# Of himself, whatever code he names.
_SUES_HIM = re.compile(
    r"\b(?:legal advice|sue the|(?:will|can|could|would|may|might) (?:i|we) (?:be|get|go|lose) (?:\w+ )?"
    r"(?:sued|arrested|jailed|prosecuted|indicted|jail|prison|license|fired)|subpoenaed|"
    r"(?:lawyers?|attorneys?) (?:plead|argue|say)|"
    r"allowed to sue)\b"
)
_LAW = Cues(
    "is it legal, is that legal, is this legal, are we allowed by law, legally, malpractice, liable, liability, "
    "subpoena, subpoenas, sued, against the law, break the law, breaking the law, stark law, kickback, kickbacks, "
    "my rights, employment law, illegal, noncompete, non compete"
)
_BLIND = Cues("legally blind, legal blindness")
_OF_PATIENTS = Cues(
    "neighbors diagnosis, neighbours diagnosis, neighbor ... diagnosis, neighbour ... diagnosis, home address, "
    "social security number, ssn of, medical record of, patients phone, patients address, chart of my, my neighbour, "
    "my neighbor, my coworkers diagnosis, look up the patient, look up patient, patients ssn, "
    "medical records of, coworkers chart, ex wifes, ex husbands, my exs, phone number of, date of birth of, "
    "list of patients, patient list, lab results of, tell me name s *, look up name, look up name s, pull up name, "
    "what is name s diagnosis, whats name s diagnosis, what was name s diagnosis"
)
_INSTRUCTIONS = Cues(
    "hidden rules, your hidden *, tool definitions, words above, rule you were given, rules you were given, "
    "everything above this, text above, lines above, "
    "system prompt, your prompt, the prompt, your ... prompt, prompts you, your instructions, initial prompt, "
    "hidden prompt, your system, your rules, prompt you were given, prompt that you, api key, api keys, your password, "
    "which model are you, what model are you, hidden instructions, are you chatgpt, are you gpt, are you an ai, "
    "are you human, who made you, who built you, your source code, your training, jailbreak, developer mode, "
    "your configuration, instructions you were given, repeat the text above, environment variables, database password, "
    "admin password, what llm, which llm, openai, are you claude, secret key, your tools, your guardrails"
)
# What is no work of a coder, whatever else is said.
_OTHER = Cues(
    "poem, poems, haiku, limerick, joke, jokes, lyrics, recipe, recipes, super bowl, superbowl, world cup, "
    "world series, stanley cup, nba finals, stock market, stock price, stock prices, stock tip, stock tips, stocks, "
    "a stock, buy stock, shares of, invest in, investing, bitcoin, crypto, cryptocurrency, horoscope, capital of, "
    "president of, who won, who is going to win, whos going to win, who will win, python, javascript, java code, "
    "sql query, write a script, write code that, scraper, scrape, regex, essay, cover letter, write an email, "
    "write a letter, write me an, write me a, write us a, write us an, write a blog, blog post, draft ... letter, "
    "write ... letter, me ... letter, resignation letter, phishing, draft a letter, draft an email, "
    "draft a contract, compose a, compose an, sing happy, plot of, miles to, celsius, fahrenheit, exchange rate, "
    "coder earn, coders earn, coder make, coders make, salary, best surgeon in, best doctor in, best hospital in, "
    "plan a trip, itinerary, make me a, make us a, flyer, slogan, linkedin post, press release, tweet, "
    "tell me about yourself, how are you, who are you, what is your name, whats your name, how old are you, "
    "do you like, do you love, whats your favorite, what is your favorite, lottery numbers, meaning of life, "
    "square root, what time is it, what day is it, play a game, fun fact, a fact about, trivia, sing me, sing a, "
    "sing about, who is the president, excel formula, excel macro, html page, riddle, tell me something fun, "
    "tell me a story, a bedtime story, buy a car, hack the, hack into, fantasy football, knock knock, population of, "
    "movie should, movie to watch, good movie, book me, flight to, hotel in, restaurants near, restaurant in, "
    "best restaurant, pizza, wifi password, marry me, date me, lets chat, talk about something else, ignore coding, "
    "forget coding, <date> weather, powerpoint, wedding speech, birthday message, birthday card, solve for x, "
    "solve this equation, translate this, translate my, translate the, to spanish, in spanish, into spanish, "
    "to french, into french, in french, into german, to german, to chinese, into chinese, how do i say, malware, "
    "ransomware, keylogger, password of, prep course, study guide, exam tips, seating chart, seating plan, guest list, "
    "planning my wedding, planning a wedding, pass the exam, resume tips, career advice, which certification"
)
# Rules and prices of those who are not Medicare.
_OTHER_PAYERS = (
    r"(?:aetnas?|cignas?|humanas?|anthems?|uhcs?|united ?healthcares?|united health ?care|kaisers?|bcbs|"
    r"blue cross|blues|"
    r"tricares?|molinas?|centenes?|ambetters?|oscar health|commercial payers?|private payers?|commercial plans?)"
)
_OF_OTHER_PAYERS = re.compile(
    rf"\b{_OTHER_PAYERS}\b(?: \S+){{0,6}}? (?:pays?|paid|cover|covers|covered|policy|policies|rules?|rates?|fees?|"
    r"reimburse\w*|prior auth\w*|auth|authorization|allow|allows|require|requires|want|wants|accept|accepts|contract)\b"
    rf"|\b(?:timely filing|filing limit|filing deadline|appeal deadline)\b.*\b{_OTHER_PAYERS}\b"
    r"|\bmedicaids? (?:\w+ ){0,2}?(?:rates?|fees?|fee schedule|payments?|prices?|pays?)\b"
    rf"|\b(?:pays?|paid|cover|covers|covered|policy|policies|rules?|rates?|fees?|reimburse\w*|prior auth\w*|contract)"
    rf"(?: \S+){{0,4}}? {_OTHER_PAYERS}\b"
)
# What is answered here, whoever pays.
_OF_MEDICARE = Cues(
    "medicare, ncci, cms, mue, mues, edit, edits, lcd, ncd, icd 10, icd 10 cm, hcc, valid, billable, guideline, "
    "guidelines, policy manual, bundle*, unbundle*"
)
_AT_OTHER_PRICES = Cues(
    "cash price, cash pay, self pay price, self pay rate, charge cash, pay cash, commercial rate, on amazon, on ebay, "
    "at walmart, at costco, retail price, commercial rates, negotiated rate, negotiated rates, private rate, "
    "out of pocket"
)
# What is no work of a coder where nothing of medicine or coding is said.
_OF_DAILY_LIFE = Cues(
    "my homework, who invented, who wrote, who discovered, how far is, how tall is, distance from, what can you do, "
    "song, songs, story, weather, forecast, rain, snow, sunny, degrees outside, temperature in, temperature outside, "
    "cook, bake, football, baseball, basketball, soccer, hockey, movie, movies, resume, restaurant, restaurants, "
    "flight, flights, hotel, hotels, vacation, lottery, dating, election, elections, vote, politics, politician, sing, "
    "salary, pay raise, job interview, raise at work, birthday, divorce, hack, translate, tax return, my taxes, "
    "income tax, mortgage, credit card, loan, insurance should i buy, which insurance, car, cars, laptop, iphone, "
    "phone, computer, printer, wifi, netflix, book recommendation, math, calculus, algebra, news, celebrity, stock, "
    "tip, president, governor, king, queen, gift, boss is, tomorrow, tonight, travel, game, games, music, dinner, "
    "lunch, breakfast, coffee, beer, wine, horse, garden, plumber, electrician, rent, apartment, real estate, "
    "philosophy, religion, god, dream, sql, code in java, app, website, sector, company, ceo, market"
)
# Lists that no edition is of, each by the way it is asked for.
_NOT_LOADED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (
            r"\bmccs?\b|\b(?:an?|as|is|are|ms drg|drg) ccs?\b(?! of)|<dx> ccs?\b|\bccs? (?:list|status|exclusions?)\b",
            "The list of complications and comorbidities (CC, MCC) of the MS-DRG",
        ),
        (
            r"\b(?:poa|present on admission)\b.*\bexempt|\bexempt\w*\b.*\b(?:poa|present on admission)\b",
            "The list of diagnoses that are exempt from the present on admission (POA) indicator",
        ),
        (
            r"\b(?:what|which|whats|the|into|to|<dx>|<pcs>|its) (?:(?:ms|apr) )?drgs?\b(?! (?:question|audit|higher))"
            r"|^(?:(?:ms|apr) )?drgs? (?:for|of)\b|\bdrg (?:weights?|group\w*|assignment)\b",
            "The grouping into DRGs",
        ),
        (r"\bsnomed\b", "SNOMED CT"),
        (r"\bicd 11\b", "ICD-11"),
        (r"\bicd o(?: 3)?\b", "ICD-O"),
        (r"\bdsm(?: (?:5|iv|v))?(?: tr)? (?:code|number|equivalent|version|for|of)\b|\b(?:in|to|into) dsm\b", "DSM-5"),
        (r"\bloinc\b", "LOINC"),
        (r"\brxnorm\b|\bndcs? (?:code|number|for|of)\b|\b(?:what|which|whats|the) ndc\b", "A list of drugs by NDC"),
        (
            r"\bapcs? (?:for|of|group|status|payment|rate)\b|\b(?:what|which|whats) apc\b",
            "The payment groups (APC) of OPPS",
        ),
        (r"\b(?:revenue|rev) codes?\b", "The list of revenue codes"),
        (r"\btaxonomy codes?\b", "The list of provider taxonomy codes"),
    )
)
# That an official code is wanted of what is told in words of another list.
_WANTS_ICD = Cues("icd 10 code, icd 10 cm code, diagnosis code for, <dx> to icd 10")
_GREETING = Cues(
    "hi, hello, hey, good morning, good afternoon, good evening, thanks, thank you, thank you so much, ok, okay, bye, "
    "goodbye, cool, great, lol, yo, there, casepilot, test, testing, you rock, ok thanks, hi there, hello there, "
    "hey there, thx, ty, nice, perfect, got it, sounds good, you, have a good day, good night, howdy, whats up, sup, "
    "much appreciated, so much, and, a lot, very much, awesome, wow, youre the best, good job, well done, haha, "
    "that helps, that helped, nice to meet, hows it going, how is it going, how are things, whats new with, "
    "no problem, never mind, nevermind, see you, have a nice day, have a great day, happy friday, hope you are well, "
    "hope youre well, im bored, i am bored, appreciate it, ttyl, cya"
)
_ASKS_A_CODE = Cues(
    "code for, codes for, what code, which code, diagnosis code, icd*, how do i code, how to code, external cause, "
    "place of occurrence, <dx>, <px>, <pcs>, billable, z code, rvu, rvus, fee, modifier"
)


def refused(message: Message) -> Refused | None:
    """Return why a question is not answered; None for one that is."""
    words = message.words
    if not words or not _GREETING.left_out(words):
        return Refused.OTHER if words and not message.dates else None
    if asks_how_much(message):
        return Refused.DOSES
    if deceives(message):
        return Refused.DOCUMENTATION
    of_cpt = any(code.systems[0] == CPT for code in message.services) or (_LICENSED(words) and not message.services)
    if _DESCRIPTORS(words) and of_cpt:
        return Refused.DESCRIPTORS
    if _INSTRUCTIONS(words):
        return Refused.INSTRUCTIONS
    if _OF_PATIENTS(words):
        return Refused.PATIENTS
    if _asks_for_law(message):
        return Refused.LEGAL_ADVICE
    if (_OF_OTHER_PAYERS.search(words) or _AT_OTHER_PRICES(words)) and not _OF_MEDICARE(words):
        return Refused.OTHER
    # Of a code what is asked decides: a joke may be told before.
    asked = message.asked.words if message.codes and message.asked else words
    if _OTHER(asked) and not (message.codes and words.startswith("translate")):
        return Refused.OTHER
    if _OF_DAILY_LIFE(words) and not says_something_of_coding(words) and not words_of_medicine(words):
        return Refused.OTHER
    return Refused.MEDICAL_ADVICE if asks_for_care(message) else None


def not_loaded(message: Message) -> str:
    """Return the list that a question is asked of and no edition is of; empty for none."""
    if _WANTS_ICD(message.words):
        return ""
    return next((name for pattern, name in _NOT_LOADED if pattern.search(message.words)), "")


def refused_as_a_whole(message: Message) -> Refused | None:
    """Return why a message is not answered with all its questions: what it is after shows in them together."""
    reason = refused(message)
    return reason if reason in _SHOWN_BY_THE_WHOLE else None


def _asks_for_law(message: Message) -> bool:
    words = message.words
    if _SUES.search(words):
        return not _ASKS_A_CODE(words) or _SUES_HIM.search(words) is not None
    of_coding = message.codes or _ASKS_A_CODE(words) or needs_no_service(words)
    return _LAW(_BLIND.left_out(words)) and not of_coding
