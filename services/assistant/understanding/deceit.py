"""Questions of how to be paid for what is not so: what a payer or an auditor is to be told against the record."""

import re

from services.assistant.understanding.cues import Cues, any_of
from services.assistant.understanding.message import Message

_NOT_SO = Cues(
    "even though its the same, even though it is the same, even if its the same, even if it is the same, "
    "not documented, wasnt documented, isnt documented, werent documented, never documented, undocumented, "
    "no documentation, without documentation, without documenting, nothing documented, doesnt document, "
    "didnt document, did not document, not in the chart, not in the note, isnt in the chart, isnt in the note, "
    "not in the record, isnt in the record, isnt in the notes, not in the notes, not in the documentation, "
    "not charted, wasnt charted, isnt charted, never performed, not performed, wasnt done, wasnt performed, "
    "wasnt really, never did, didnt do, didnt perform, didnt happen, never happened, not done, says nothing, "
    "say nothing, nothing about, nothing to justify, not actually, wasnt actually, didnt actually, didnt really, "
    "never really, not rendered, never seen, wasnt seen, didnt have, doesnt have, does not have, did not have, "
    "dont have it, documentation ... not there, doesnt really have, isnt supported, not supported, "
    "nothing separate was, nothing was separate, "
    "nothing ... was done, it was not, it wasnt, wasnt separate, not separate, is not in the *, "
    "was not in the *, isnt true, not true, nobody did, no one did, didnt spend, did not spend, never examined, "
    "didnt examine, wasnt there, isnt there, nothing to support, no proof, isnt anything in the, nothing in the note, "
    "nothing in the chart, nothing in the record, does not support, doesnt support, wont support, never saw, "
    "didnt see, forgot to *, only one was, only did one, only one level, no longer has, no longer have, werent really, "
    "arent really, isnt really, isnt needed, not needed, doesnt apply, does not apply, wasnt present, no mention of, "
    "doesnt mention, does not mention, never mentions, doesnt say it, nobody documented, nobody charted, nobody wrote, "
    "no one documented, no one charted, nobody mentioned, nobody diagnosed, on everything, on every claim, "
    "on all claims, on all of them"
)
# What is done for the sake of the payment.
_TO_BE_PAID = Cues(
    "get ... through, get ... approved, get ... covered, get it paid, get paid, get this paid, get them paid, "
    "get that paid, gets paid, get ... paid, gets ... paid, pays more, pay more, pay better, pays better, paid more, "
    "anyway, how can i still, how do i still, make it pass, so it pays, so it will pay, so they pay, get around, "
    "get away with, without ... noticing, to increase, make medical necessity, make necessity, higher payment, "
    "more money, want to bill, want to code it, so ... pays, so ... pay, so ... passes, so ... pass, so ... covered, "
    "so ... approved, so ... approve, to get it through, to get it covered, to get it approved, make it look, "
    "make it sound, make it seem, make ... pay, get ... to pay, make ... payable, make them pay, make medicare pay, "
    "still bill, still charge, bill for it, how do we still, help me bill, help us bill, to boost, to raise, "
    "boost the, raise the, just put, just add, how to bypass, how do i bypass, how can i bypass, just bill, just code, "
    "just say, just write, justify, stick on, slap on, tack on, higher drg, better drg, higher hcc, higher raf, "
    "never denied, never gets denied, never get denied, always gets paid, always paid, "
    "higher level, higher paying, past the audit*, past an audit*, past the payer, past compliance, past the reviewer*"
)
# A modifier or a diagnosis for nothing but the payment.
_FOR_PAYMENT_ALONE = Cues(
    "just so, just to get it paid, just to get paid, only so, so that we get paid, so we get paid, so i get paid, "
    "solely to, no real reason, for no reason, whatever gets it paid, whatever pays, whatever works, just to bypass, "
    "just to get around, just to make it pay, just to get past"
)
_SAME_PLACE = r"same (?:spot|site|lesion|area|incision|wound|place|location|structure|organ|session|level)"
_FRAUD = any_of(
    r"(?<!look )(?<!looked )(?<!looking )(?<!pull )(?<!bring )up ?cod(?:e|ing|ed)",
    r"(?:get|getting|sneak|slip) (?:\w+ )?(?:around|past|by) (?:the|an?|our|my) (?:auditors?|reviewers?|inspectors?)",
    r"over ?cod(?:e|ing)",
    r"over ?bill(?:ing)?",
    r"phantom bill\w*",
    r"(?:make|making) (?:it|that|this|them|the \w+|our \w+) (?:\w+ )?look (?:legit\w*|right|real|proper|medically)",
    (
        r"(?:bill|charg|cod|claim)(?:e|ing)? for (?:\w+ ){1,4}?(?:that |which )?(?:never|didnt|did not|werent|wasnt) "
        r"(?:took|take|happen\w*|occur\w*|performed|done|given|provided)"
    ),
    (
        r"(?:phrases?|words?|wording|language|text|statements?|sentences?|lines?|templates?|macros?|boilerplate) "
        r"(?:\w+ ){0,6}?(?:in|into|to|on|for) (?:every|each|all|any) (?:\w+ )?(?:notes?|charts?|records?)"
        r"(?: \S+){0,3}? (?:so|whether|to make|to get)"
    ),
    r"pad the (?:bill|claim|note|time)",
    (
        r"(?:fak|falsif|fabricat|forg)(?:e|y|ed|ing|ied) (?:an? |the |some |my |our )?(?:\w+ )?(?:diagnos[ei]s|"
        r"documentation|notes?|records?|charts?|signatures?|claims?|visits?|orders?|symptoms?|date)"
    ),
    r"back ?dat(?:e|es|ed|ing)",
    r"pre ?dat(?:e|ed|ing) the",
    r"make up an? (?:diagnosis|reason|symptom|note|history)",
    r"invent an? (?:diagnosis|reason|symptom|note|history)",
    (
        r"without (?:the |an |any |them |anyone |anybody |medicare |medicaid |payers? |insurance |"
        r"compliance )?(?:auditors? |payers? |carrier |insurer |insurance )?(?:noticing|knowing|finding out|catching|"
        r"getting (?:caught|audited|flagged)|seeing)"
    ),
    (
        r"(?:fool|trick|cheat|deceive|mislead|scam|con|outsmart|lie to) (?:the |an? |my |our )?(?:auditors?|payers?|"
        r"insur\w+|medicare|medicaid|carrier|system|reviewers?|scrubber|plan|government)"
    ),
    r"(?:hide|conceal|cover up) (?:it |this |that |the \w+ |\w+ )?(?:from (?:the )?(?:audit\w*|payers?|insur\w+|"
    r"medicare|reviewers?|compliance)|in an audit)",
    r"cover up (?:the|this|that|our|my|a) (?:\w+ )?(?:mistake|error|fact|lack|problem|fraud)",
    r"avoid (?:an|the|getting) (?:audit|audited|auditors?|caught)",
    r"get(?:ting)? caught(?! (?:in|between|by|on|under|up))",
    r"get away with",
    r"(?:slip|get|sneak|push) (?:it|this|that|them|these)(?: \S+)? (?:past|by) (?:the |an? |our |any )?"
    r"(?:audit\w*|payers?|review\w*|compliance|carrier|medicare|insur\w+|clearinghouse)",
    r"(?:diagnos[ei]s|codes?|modifier|level) (?:that )?(?:pays?|reimburses?|gets?) (?:us |me )?(?:more|better|"
    r"higher) than",
    r"(?:never|wont|will not|hardly ever|rarely) (?:even |actually |really )?(?:checks?|notices?|finds? out|look at "
    r"it|catch)",
    (
        r"(?:payers?|medicare|medicaid|insur\w+|they|auditors?|carrier|anyone|anybody) (?:dont|doesnt|never|wont) "
        r"(?:even |actually |really |ever )?(?:checks?|notices?|audits?|finds? out|look at it|catch)"
    ),
    r"nobody (?:will )?(?:checks?|notices?|know)",
    r"no one (?:will )?(?:checks?|notices?|know)",
    (
        r"(?:higher|highest|better|best) (?:paying|paid|reimburs\w+|priced) (?:\w+ )?(?:code|codes|diagnosis|diagnoses|"
        r"level|hcc|hccs|drg|modifier|em|visit|one)"
    ),
    r"(?:which|what|suggest|find|list)\b(?: \w+){0,4}? (?:codes?|diagnos[ei]s|level|em)\b(?: \w+){0,8}? "
    r"(?:pays? (?:us |me )?more|(?:highest|higher|best) (?:drg|level|payment|raf))",
    r"how (?:can|do|should|could) (?:i|we|he|she|they) (?:document|write|chart|word) (?:\w+ ){0,4}?"
    r"(?:to get|to reach|to bill) (?:an? |the )?(?:<px|level|higher)",
    r"(?:phrases?|words?|language|wording) (?:that )?(?:i|we) (?:could|can|should) (?:plant|slip|put|sneak) in",
    r"(?:documented|charted|supported) or not (?:so|to|just)",
    r"(?:what|which) (?:wording|words?|language|phrases?) (?:do|should|can|could|would|must) (?:i|we|he|she|they) "
    r"(?:add|put|use|insert|write|include) (?:to|in|into) (?:the |our |his |her )?(?:notes?|charts?|records?)",
    r"if (?:i|we) (?:just |only )?(?:add|put|write|insert|stretch|pad|tweak|reword) (?:\w+ ){1,5}?(?:to|in|into) "
    r"(?:the |my |our |his |her )?(?:\w+ )?(?:notes?|charts?|records?|documentation)",
    r"maximi[sz]e (?:my |our |the )?(?:payments?|reimbursement|revenue|raf|rvus?)",
    r"no matter what (?:was|is|we|i|they|he|she)",
    r"regardless of what (?:was|is|we|i|they|he|she|the|actually)",
    r"whatever (?:was|we|he|she|they) (?:actually |really )?(?:done|did)",
    r"whether or not (?:it|they|we|he|she) (?:was |were |actually |really )*(?:did|done|performed|happened)",
    r"get around (?:the )?(?:medical necessity|necessity|documentation|audit|lcd|coverage)",
    (
        r"(?:swap|switch)(?:ping|ing)? (?:out )?(?:the |every |all )?(?:diagnos[ei]s|dates?)(?: code|"
        r" codes)?(?: \w+){0,3} (?:so|to get|on all|on every)"
    ),
    r"inflat(?:e|ing) (?:the |our |my )?(?:\w+ )?(?:claims?|bills?|charges|units|times?|levels?|codes?|rvus?|hcc)",
    r"game the (?:system|edits?|payers?|audits?|rules)",
    r"cheat(?! sheet)",
    r"sneak",
    r"unbundle to get more",
    r"(?:add|put|insert) (?:an? |another |some |one )?(?:lines?|sentences?|words?|addendum|statement)(?: \w+){0,2} "
    r"(?:to|in|into) (?:the |our |his |her )?(?:notes?|charts?|records?)(?: \w+){0,3} so",
    rf"(?:past|around) (?:the |an? |that |this )?(?:\w+ )?edits?\b.* {_SAME_PLACE}",
    rf"{_SAME_PLACE}\b.* (?:past|around) (?:the |an? |that |this )?(?:\w+ )?edits?",
    (
        r"(?:every|each|all|always) .*(?:just to be safe|just in case|so (?:that )?(?:nothing|none of them|they|it|we)"
        r"(?: \w+){0,2} (?:den|reject|kick)\w*)"
    ),
    (
        r"(?:bill|report|charge|code|put)\w* (?:\S+ ){0,4}?(?:twice|two|2|three|3|both|double|<units>) (?:\S+ ){0,6}?"
        r"only (?:one|1|a single) (?:\w+ )?(?:was|is|got) (?:documented|done|performed|given|charted|injected|noted)"
    ),
    r"bill for services (?:not|we|that were not|that werent|never)",
    r"bill for (?:visits|patients) (?:that|who) (?:never|didnt)",
    r"just tell me one that works",
    (
        r"(?:every|each|all) (?:our |the |my )?(?:visits?|patients?|encounters?)(?: \w+){0,4} (?:as |at |is |"
        r"are )?(?:an? )?(?:level (?:5|five|4|four)|highest level)"
    ),
    r"level (?:5|five) (?:for|on) (?:every|each|all)",
    r"bill\w* (?:for )?(?:\w+ ){0,4}(?:that|who|which|we|they|he|she|i) never (?:\w+ )?(?:happened|performed|did|came|"
    r"saw|show\w*|occurred|used|gave|had|took)",
    r"make (?:the |this |it |that |our |my )?(?:\w+ )?(?:look|sound|seem|read) (?:like|as|more|longer|worse|sicker)",
    (
        r"(?:diagnos[ei]s|codes?|modifiers?|level) (?:that )?(?:pays?|reimburses?|gets?) (?:us |me )?(?:the )?(?:most|"
        r"best|highest)"
    ),
    (
        r"(?:write|create|draft|generate|produce|fill in|come up with) (?:me |us )?(?:an? |the |"
        r"some )?(?:\w+ )?(?:documentation|notes?|addendum|record|history)(?: \w+){0,3} (?:supports?|justif\w+|so)"
    ),
    r"so (?:that )?(?:the |my |their )?(?:insur\w+|payers?|medicare|medicaid|they|auditors?|plan|carrier|reviewers?) "
    r"(?:thinks?|believes?|assumes?)",
    r"so (?:that )?(?:we|i|they) (?:can )?(?:get|make|earn|collect) (?:paid more|more (?:money|payment|reimbursement|"
    r"revenue|for)|more$)",
    r"(?:tips|tricks|ways) (?:for|to) (?:up ?cod\w+|get paid more|bill more)",
    r"make up (?:medical )?necessity",
    (
        r"(?:bump|upgrad|push|rais|boost|mov|jump|turn|chang|mak|convert|level)(?:e|ing|"
        r"ed)? (?:\S+ ){1,10}?without (?:any |the |having |adding )*"
        r"(?:more|additional|better|extra|further|new|changing|matching|supporting) (?:\w+ )?"
        r"(?:documentation|notes?|records?|work)"
    ),
    (
        r"(?:phrase|reword|word|spin|frame) (?:it|(?:the|this|that|my|our|an?) (?:\w+ ){0,2}?(?:diagnos[ei]s|notes?|"
        r"reason|record|chart|documentation|claim|impression)) "
        r"so (?:that )?(?:it|they|this|that|the \w+|we|insurance|medicare|<dx>|<px>) (?:\w+ )?(?:becomes?|"
        r"turns? into|maps? to|risk adjusts?|counts?|reads?|supports?|goes|gets?|go|pays?|passes|pass|"
        r"paid|covered|covers?|approves?|approved|clears)"
    ),
    (
        r"(?:alter|altering|tamper with|doctor up|rewrite|rewriting) (?:the |a |this |our |my )?(?:\w+ )?(?:notes?|"
        r"charts?|records?|"
        r"documentation)"
    ),
    r"(?:deleted?|erase|shred|destroy) (?:the|that|this|part) (?:\w+ ){0,4}(?:notes?|chart|records?|documentation)",
    r"copy (?:and )?paste (?:the )?(?:same )?notes?(?: \w+){0,3} so",
    (
        r"under (?:another|a different|someone elses) (?:doctor|physician|provider|"
        r"npi)\w*(?: \w+){0,3} (?:so|because|to get)"
    ),
)
# A record or a date is changed for an end.
_CHANGES = re.compile(
    r"\b(?:change|changing|alter|altering|edit|editing|tweak|modify|modifying|rewrite|reword|fudge|adjust|amend|add to|"
    r"beef up|move|moving|shift|split|splitting) (?:the|my|our|an?|this|that|his|her|their|some|one|<px>|<dx>)"
    r"(?: \S+){0,3}? ?\b(?:notes?|charts?|records?|documentation|report|op note|addendum|diagnos[ei]s|dates?|dos|"
    r"<date>|"
    r"visits?|times?|(?:two|2|three|3|different|separate|several|multiple) (?:days|dates|claims))\b"
    r"(?: \w+){0,8}? (?:so|to get|to make|to support|to avoid|to match|to look|in order to|after the fact|"
    r"until|because medicare|because the payer)\b"
)
_EVEN_THOUGH = re.compile(
    r"\b(?:even (?:though|if)|although|altho|tho|though) (?:\w+ ){0,4}?"
    r"(?:isnt|wasnt|arent|werent|didnt|doesnt|not|never|no)\b"
)
_PICKED = re.compile(
    r"\b(?:which|what|any|a|another|different|give me|find me|pick|choose)\b(?: \w+){0,4}? (?:diagnos[ei]s|codes?|"
    r"reason|one)\b"
    r"(?: \w+){0,8}? (?:so|so that|just to get|that will get)(?: \w+){0,5}? (?:paid|pays?|covered|approved|through|"
    r"pass|passes|reach(?:es)?|rises?|goes? up|level|scores?|raf)\b"
    r"|\bdiagnos[ei]s (?:\w+ ){0,2}?to add\b(?: \w+){0,4}? (?:charts?|records?|notes?|claims?)\b"
    r"(?: \w+){0,3}? (?:no|without) (?:documentation|support|proof)"
)
# Something is billed for what was not.
_BILLED_UNDONE = re.compile(
    r"\b(?:bill|charge|report|claim|spread|split|distribute|divide|allocate|list|enter|submit|record|log|document)"
    r"(?:ing)? (?:\S+ ){1,8}?(?:(?:that|which|who) )?(?:never|didnt|did not|werent|wasnt|have not|havent)"
    r"(?: \w+)? (?:took place|take place|taken place|happen\w*|occur\w*|exist\w*)\b"
)
# Why a service was not done, or what a payer says.
_EXPLAINED = Cues(
    "cancel*, discontinu*, abort*, refused, declined, terminated, incomplete, payer says, medicare says, "
    "insurance says, denied as, denied for, denial says, they say, they said"
)
# Which of codes that are named pays more, a look at the fee schedule tells.
_COMPARED = re.compile(
    r"\b(?:which|what|whichever)(?: (?:code|one|of \w+|of the two))*(?: (?:pays?|reimburses?)| is paid| has)"
    r"(?: (?:me|us|you))?(?: the)? (?:more|most|better|best|higher|highest|less|lower)\b"
    r"|\b(?:higher|highest|better|best) (?:paying|paid|reimburs\w+) (?:code|one|of)\b"
)
# A code is told to be taken from what is in the record.
_FROM_THE_RECORD = re.compile(
    r"\bjust (?:code|bill|put|add)(?: (?:it|this|that|them))? (?:off|from|based on|by|on the basis)\b"
)
_ABOUT_FRAUD = Cues(
    "what does upcoding mean, is upcoding, counts as upcoding, called upcoding, avoid upcoding, prevent upcoding, "
    "what is overcoding, is this upcoding, is that upcoding, considered upcoding, is it upcoding"
)


def deceives(message: Message) -> bool:
    """Tell whether a payer or an auditor is to be told what is not so."""
    words = _FROM_THE_RECORD.sub(" ", message.words)
    if len(message.services) > 1:
        words = _COMPARED.sub(" ", words)
    if _FRAUD.search(words) and not _ABOUT_FRAUD(words):
        return True
    if _CHANGES.search(words) or (_PICKED.search(words) and not message.codes):
        return True
    if _EXPLAINED(words):
        return False
    if _BILLED_UNDONE.search(words):
        return True
    not_so = _NOT_SO(words) or _EVEN_THOUGH.search(words) is not None
    return not_so and (_TO_BE_PAID(words) or _FOR_PAYMENT_ALONE(words))
