"""What is no question of medical coding, or one that is not answered."""

from enum import StrEnum

from services.assistant.understanding.cues import Cues
from services.assistant.understanding.message import Message


class Refused(StrEnum):
    """Why a question is not answered; the phrase of a question that is out of scope."""

    DOCUMENTATION = "help to report what was not done or not documented"
    DESCRIPTORS = "licensed descriptors"
    MEDICAL_ADVICE = "medical advice"
    LEGAL_ADVICE = "legal advice"
    PATIENTS = "data of patients"
    INSTRUCTIONS = "instructions of the assistant"
    OTHER = "not medical coding"


_NOT_DOCUMENTED = Cues(
    "not documented, wasnt documented, isnt documented, werent documented, never documented, undocumented, "
    "no documentation, without documentation, without documenting, nothing documented, doesnt document, "
    "didnt document, did not document, chart doesnt support, note doesnt support, documentation doesnt support, "
    "not in the chart, not in the note, isnt in the chart, isnt in the note, never performed, not performed, "
    "wasnt done, wasnt performed, never did, didnt do, didnt perform, didnt happen, never happened, not done, "
    "not rendered, never seen, wasnt seen, didnt have, doesnt have, does not have, did not have, "
    "documentation ... not there, doesnt really have, isnt supported, not supported by"
)
_TO_BE_PAID = Cues(
    "get it paid, get paid, get this paid, get them paid, get that paid, pays more, pay more, paid anyway, "
    "bill it anyway, code it anyway, add anyway, anyway, how can i still, how do i still, make it pass, so it pays, "
    "so it will pay, so they pay, so it gets paid, get around, get away with, without ... noticing, to increase, "
    "higher payment, more money, can i add, should i add, can i just add, could i add, want to bill, want to code it, "
    "bill for it anyway"
)
_FRAUD = Cues(
    "upcode, upcoding, up code, up coding, overcode, overbill, overbilling, fraud without, fake diagnosis, "
    "fake documentation, falsify, backdate, back date, alter the record, alter the note, make up a diagnosis, "
    "without the auditor, without an auditor, avoid an audit, fool the, trick the, trick medicare, fool medicare, "
    "fool the payer, without getting caught, get away with, maximize payment, maximize reimbursement, maximize our, "
    "maximize my, highest paying code, highest paying, which code pays more, which pays more, change the diagnosis so, "
    "change the diagnosis to get, change diagnosis to get, even though it wasnt, even though its the same, "
    "even though it is the same, even if it is the same, even if its the same, phantom bill*, bill for services not, "
    "pad the bill, inflate, game the, cheat, hide from, just tell me one that works, unbundle to get more, "
    "even though they didnt, even though we didnt, even though he didnt, even though she didnt, even though i didnt, "
    "sneak, slip it past, slip past"
)
_ABOUT_FRAUD = Cues("what is upcoding, what does upcoding mean, is upcoding, avoid upcoding, prevent upcoding")
_LICENSED = Cues("ama, cpt, cpts, <px>")
_DESCRIPTORS = Cues(
    "descriptor, descriptors, word for word, verbatim, ama description, ama descriptions, ama text, "
    "full cpt description, full cpt text, official cpt description, official ama, official cpt wording, exact wording, "
    "exact cpt, cpt wording, cpt text, full wording, full text of, copyrighted, cpt book text, all cpt descriptions, "
    "all the cpt descriptions, cpt descriptions, cpt long description, entire cpt, full ama, cpt long descriptions, "
    "whole cpt, cpt codebook, text of cpt, whole descriptor"
)
_DOSES = Cues(
    "dosage, dosages, dosing, what dose, which dose, how much ... should i take, how many mg, what dose of, "
    "how much ... should i give, how much ... to give, how much ... can i take, safe dose, maximum dose, dose should, "
    "double the dose, increase the dose"
)
_CARE = Cues(
    "should i take, should he take, should she take, should they take, should i double, safe to take, "
    "should i prescribe, should we prescribe, what should i prescribe, how do i treat, how do you treat, how to treat, "
    "best treatment, whats the treatment, what is the treatment, what medication, which medication, what medicine, "
    "which antibiotic, what antibiotic, side effects, drug interactions, is it safe to take, should i stop, "
    "should i see a doctor, should this patient ... to, be discharged or, or be discharged, should i go to the er, "
    "do i have cancer, am i pregnant, home remedy, home remedies, what are the symptoms, how is ... treated, "
    "how serious is, is it contagious, prognosis, what causes, how do i cure, cure for, should i get surgery, "
    "should we operate, cath lab or, first line treatment, first line therapy, interpret my, read my ekg, "
    "what does my, my symptoms, my rash, should i give, should we give, should the patient take, should patient take, "
    "should i be worried, what can i take, should i start, should we start, should he be admitted, "
    "should the patient be admitted, should i intubate, how do i lower, how to lower, diagnose me, to give a patient, "
    "to give the patient, ok to give, okay to give, safe to give, ok to take, okay to take"
)
_CODING = Cues(
    "code, codes, coded, coding, bill, billed, billing, icd*, cpt, hcpcs, diagnosis code, report, guideline, "
    "guidelines, claim, claims, modifier, modifiers, units, mue, medicare, drg, sequenced, sequence, reported, <dx>, "
    "<px>, <pcs>, <mod>, hcc"
)
_LAW = Cues(
    "sue, suing, lawsuit, lawyer, attorney, legal advice, is it legal, is it illegal, legally, malpractice, "
    "go to jail, go to prison, be arrested, whistleblower, qui tam, liable, liability, criminal charges, hipaa fine, "
    "subpoena, contract law, wrongful termination, sued, legal action, fired"
)
_OF_PATIENTS = Cues(
    "neighbors diagnosis, neighbours diagnosis, neighbor ... diagnosis, neighbour ... diagnosis, home address, "
    "social security number, ssn of, medical record of, patients phone, patients address, chart of my, my neighbour, "
    "my neighbor, my coworkers diagnosis, look up the patient, look up patient, whose chart"
)
_INSTRUCTIONS = Cues(
    "system prompt, your prompt, your instructions, initial prompt, hidden prompt, your system, your rules, "
    "prompt you were given, prompt that you, api key, your password, which model are you, what model are you, "
    "are you chatgpt, are you gpt, who made you, who built you, your source code, your training, jailbreak, "
    "developer mode, your configuration, instructions you were given, repeat the text above, environment variables"
)
_OTHER = Cues(
    "poem, poems, haiku, limerick, joke, jokes, song, lyrics, story, weather, forecast, recipe, recipes, cook, "
    "football, baseball, basketball, super bowl, superbowl, world cup, movie, movies, stock market, stock price, "
    "stocks, bitcoin, crypto, horoscope, capital of, president of, who won, translate, python, javascript, sql query, "
    "write a script, write code that, write me a script, regex, write an essay, essay, cover letter, resume, "
    "my homework, write an email, write a letter, write me an, appeal letter, draft a letter, draft an email, "
    "tell me about yourself, how are you, who are you, what can you do, what is your name, whats your name, "
    "restaurant, restaurants, flight, hotel, vacation, lottery, dating, girlfriend, boyfriend, election, vote for, "
    "politics, meaning of life, square root, what time is it, play a game, sing, salary, pay raise, job interview, "
    "who is the president, excel formula, html page, riddle, birthday, tell me something fun, buy stock, buy a car, "
    "hack, divorce, hack the"
)
_TAX = Cues("tax return, my taxes, income tax, mortgage, credit card, insurance should i buy, which insurance")
_GREETING = Cues(
    "hi, hello, hey, good morning, good afternoon, good evening, thanks, thank you, thank you so much, ok, okay, bye, "
    "goodbye, cool, great, lol, yo, there, casepilot, test, testing, you rock, ok thanks, hi there, hello there, "
    "hey there, thx, ty, nice, perfect, got it, sounds good, you, have a good day, good night, howdy, whats up, sup, "
    "much appreciated, so much, and, a lot, very much"
)


def refused(message: Message) -> Refused | None:
    """Return why a question is not answered; None for one that is."""
    words = message.words
    if not words or not _GREETING.left_out(words):
        return Refused.OTHER if words and not message.dates else None
    if (_FRAUD(words) and not _ABOUT_FRAUD(words)) or (_NOT_DOCUMENTED(words) and _TO_BE_PAID(words)):
        return Refused.DOCUMENTATION
    if _DESCRIPTORS(words) and _LICENSED(words):
        return Refused.DESCRIPTORS
    if _INSTRUCTIONS(words):
        return Refused.INSTRUCTIONS
    if _OF_PATIENTS(words):
        return Refused.PATIENTS
    if _LAW(words):
        return Refused.LEGAL_ADVICE
    if _OTHER(words) or _TAX(words):
        return Refused.OTHER
    if (_DOSES(words) or _CARE(words)) and not _CODING(words):
        return Refused.MEDICAL_ADVICE
    return None
