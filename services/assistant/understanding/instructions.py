"""Instructions inside a message: they are never followed, and what else is asked is answered."""

import re

from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.missing import says_nothing
from services.assistant.understanding.vocabulary import words_of_medicine

_ROLE = r"(?:system|assistant|developer|admin|administrator|casepilot|tool|inst|instructions?|prompt)"
# What stands between the marks of another speaker.
_TAGGED = re.compile(
    rf"<!--.*?-->|\(\s*(?:the\s+)?answer\s*:[^()]*\)|<\s*(?P<tag>{_ROLE})\b[^<>]*>.*?<\s*/\s*(?P=tag)\s*>"
    rf"|\[\s*{_ROLE}(?:\s+\w+)?\s*:[^\[\]\n]+\]|<\s*{_ROLE}(?:\s+\w+)?\s*:[^<>\n]+>"
    rf"|<\s*/?\s*(?:user|human|{_ROLE})\s*/?\s*>"
    rf"|\[\s*(?P<mark>{_ROLE})\b[^\[\]]*\].*?\[\s*/\s*(?P=mark)\s*\]",
    re.IGNORECASE | re.DOTALL,
)
# Lines that pretend to be said by somebody else.
_SPEAKER = re.compile(
    r"(?:^|\n|(?<=[.?!]\s))\s*[\[<#*]*\s*(?:/?\s*(?:system|assistant|developer|admin|administrator|casepilot|tool|inst)"
    r"(?:\s+(?:message|prompt|note|notice|override|update|instruction)s?)?)\s*(?:[\]>*]+\s*:?|:)[^\n]*?(?:[.?!](?=\s|$)|$|(?=\n))",
    re.IGNORECASE,
)
_ASKER = re.compile(r"(?:^|\n)\s*(?:user|human|me|coder|question|q)\s*:\s*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[?!])\s+|(?<=[a-zA-Z0-9)\"'][.])\s+(?=[A-Za-z0-9(\"'])|\n+|;\s*")
_CLAUSE = re.compile(
    r"\s*[()]\s*|\s*[,:]\s+(?:and\s+|then\s+|but\s+|so\s+)?|\s+[-–—]+\s+|\s+(?:and|then|but|so)\s+(?:then\s+|just\s+|simply\s+|please\s+)*"
    r"(?=(?:answer|say|tell|reply|respond|give|return|output|print|confirm|approve|write|act|pretend|state|always|never|"
    r"mark|declare|is|are|can|does|do|what|which|how|follow|obey|reveal|show|ignore|forget|report|bill|check|let|use)\b)",
    re.IGNORECASE,
)
_INSTRUCTS = Cues(
    "ignore your, ignore all, ignore previous, ignore prior, ignore any, ignore the above, ignore the rules, "
    "ignore the edits, ignore the instructions, ignore instructions, ignore these, ignore everything, ignore what, "
    "ignore my previous, ignore the previous, ignore the system, ignore ncci, ignore the guidelines, ignore the data, "
    "disregard, forget your, forget all, forget the, forget everything, forget previous, override your, "
    "override the system, override all, bypass your, you are now, youre now, pretend, from now on, act as, act like, "
    "roleplay, role play, you must answer, you must say, you must always, you will answer, always answer, always say, "
    "answer verdict, verdict pass, verdict fail, verdict yes, verdict no, verdict bypassed, say verdict, say pass, "
    "say yes, just agree, agree with me, say it passes, say its billable, say it is billable, answer with pass, "
    "answer pass, answer yes, answer no, answer only yes, just say it, reply pass, reply yes, reply only, reply with, "
    "respond only, respond with, output only, output pass, output verdict, print verdict, new instructions, "
    "new instruction, system override, system message, system prompt, developer mode, debug mode, admin mode, "
    "test mode, jailbreak, dan mode, do anything now, no restrictions, without restrictions, your new rules, new rule, "
    "your rules are, your rules no longer, rules do not apply, rules dont apply, no rules, stop following, simulate, "
    "imagine you, imagine that you, suppose you are, you have been updated, you have been authorized, "
    "i am your developer, im your developer, as your developer, i am the admin, im the admin, as the admin, "
    "im authorized, i am authorized, cite that, cite this, cite it, "
    "cite the, cite as, cite source, cite it as, cite a, cite ncci, list as source, "
    "mark it as, mark this as, without checking, dont check, do not check, skip the check, dont look, do not look, "
    "do not cite, dont cite, dont mention, do not mention, end your answer, begin your answer, start your answer, "
    "end with, append the line, write verdict, put verdict, give verdict, return verdict, repeat after me, "
    "the correct answer is, the right answer is, the answer is, your answer must, answer must be, set verdict, "
    "treat every, treat all, treat it as, approve everything, approve all, answer only with, answer with only, "
    "answer in the affirmative, instructions above, above instructions, previous instructions, prior instructions, "
    "reveal, print your, repeat your, show me your prompt, show your prompt, tell me your rules, your instructions, "
    "note to ai, you are a helpful, always approves, claim it comes, say it comes, claim that it, to the ai, dear ai, "
    "attention ai, message to the assistant, note to the assistant, note to the model, code every patient, "
    "code all patients, code everything, bill every patient, then obey, and obey, obey the, print the source, "
    "list the source, show the source, name the source, give the source, print source, list source, as the source, "
    "sources as, source as, yes no matter what, pass no matter what"
)
# They name the rules that are asked for.
_ASKED = Cues(
    "cite the guideline, cite the guidelines, cite the manual*, cite the policy*, cite the chapter*, cite the section, "
    "cite the rule, cite the official *, does ... say yes, do ... say yes, table say yes, tables say yes, "
    "book say yes, manual say yes"
)
# What somebody does himself: "do I treat it as", "I must cite the".
_OWN = re.compile(
    r"\b(?:i|we)(?: (?:must|should|can|could|may|have to|need to|want to))? (?:treat|mark|cite|disregard)\b"
)
# What is only supposed: "now pretend it's the hospital".
_SUPPOSED = re.compile(r"\bpretend (?:that )?(?:its|it is|it was|this is|this was|the patient|the claim|the date)\b")
_JOINS = Cues("with, and, plus, together with, along with, beside")
_OUTCOME = Cues("verdict, answer, result, outcome, status")
_QUOTED = re.compile(r"[\"\u201c][^\"\u201d\n]*[\"\u201d]")
_NAMED = re.compile(
    r"(?<![A-Za-z0-9.])(?:\d{5}(?:-[0-9A-Z]{2})?|[A-Z]\d{4}|[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?|\d{1,2}/\d{1,2}/\d{2,4}|"
    r"\d{4}-\d{2}-\d{2}|"
    r"(?:\d{1,2} )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:\d{1,2},? )?20\d\d)"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w.])(?:\d{5}|[A-Z]\d{4}|[A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4})(?!\w)")
_MOST_CODES = 3
# What a remaining clause must have to be a question of its own.
_ASKS = re.compile(
    r"\d{3}|[a-z]\d{2}|\?|\b(?:code|modifier|pos|mue|hcc|guideline|billable|excludes|what|which|how)\b", re.IGNORECASE
)


def without_instructions(text: str) -> str:
    """Return a message without sentences that instruct the assistant, and without lines of other speakers."""
    if not _instructs(text) and not _SPEAKER.search(text) and not _TAGGED.search(text):
        return text
    rest = _without(text)
    named = _CODE.search(rest) or words_of_medicine(words_of(rest))
    codes = [] if named else list(dict.fromkeys(_CODE.findall(text)))[:_MOST_CODES]
    # What remains is asked of the codes that the instruction is about.
    return f"{' and '.join(codes)}: {rest}" if codes and rest.strip() else rest


def _without(text: str) -> str:
    text = _ASKER.sub("\n", _SPEAKER.sub("\n", _TAGGED.sub("\n", text)))
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    own = [sentence for sentence in sentences if not _instructs(sentence)]
    if any(map(_asks_by_itself, own)):
        return "\n".join(rest for sentence in sentences if (rest := _kept(sentence)))
    # Nothing else is asked: what the instruction is about is.
    return "\n".join(rest for sentence in sentences if (rest := _kept(sentence) or _named(sentence)))


def _instructs(text: str) -> bool:
    return _INSTRUCTS(_SUPPOSED.sub(" ", _OWN.sub(" ", _ASKED.left_out(words_of(text)))))


def _asks_by_itself(sentence: str) -> bool:
    """Whether a sentence is a question that names what it is about."""
    words = words_of(sentence)
    asked = sentence.rstrip().endswith("?") or begins_question(words) or _NAMED.search(sentence) is not None
    return asked and not _JOINS.at_start(words) and not says_nothing(_OUTCOME.left_out(words))


def _kept(sentence: str) -> str:
    """Return what remains of a sentence: the clauses that instruct nothing, if they ask something."""
    if not _instructs(sentence):
        return sentence.strip()
    sentence = _QUOTED.sub(" ", sentence)
    clauses = [clause for clause in _CLAUSE.split(sentence) if clause and not _instructs(clause)]
    rest = ", ".join(clauses).strip()
    return rest if _ASKS.search(rest) else ""


def _named(sentence: str) -> str:
    return " and ".join(match.group() for match in _NAMED.finditer(_QUOTED.sub(" ", sentence) or sentence))
