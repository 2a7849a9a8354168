"""Families of cues for what is asked of a code, of which several rules take account."""

from services.assistant.understanding.cues import Cues

VALID = Cues(
    "from when, since when, how long is, how long was, until when, good until, good through, still use, still bill, "
    "still report, still submit, dates is it good, valid, active, effective, exist, exists, existed, expire, expired, "
    "expires, terminated, in effect, in force, still good, good on, good for, current, inactive, invalid, termed, "
    "obsolete, already, live, still ok, still okay, still in use, too early, too late, yet there, there yet, not yet, "
    "from what date, from which date, as of when, starting when, end any time, expiring, sunset, termination date, "
    "term date, end date, usable, around, alive, from which fiscal year, from which year, from what year, "
    "used any more, use any more, used anymore, use anymore, no longer used, no longer accepted"
)
BILLABLE = Cues(
    "such a code, even a code, a real code, claim carry, non specific, nonspecific, get it paid, be flagged, "
    "as far as it goes, as far down *, as deep as *, as low as *, end of the line, go deeper, go further, go lower, "
    "go down further, dig deeper, stop there, stop here, stop at, finish at, choke on, chokes on, done or not, "
    "complete enough, enough to submit, as it stands, send, leave it at, billable, reportable, submittable, "
    "specific enough, header, complete code, full code, enough digits, enough characters, more digits, "
    "more characters, another digit, truncated, incomplete, more specific code needed, needs more, need more, "
    "can i bill, can we bill, can i use, can i submit, can i report, nonbillable, not specific, too vague, unbillable, "
    "be submitted, be reported, category code, as is, to the highest, bill it, bill this, be billed, ok to bill, "
    "okay to bill, able to bill, ok to use, okay to use, on a claim, fifth digit, fourth digit, sixth digit, "
    "5th digit, 4th digit, 6th digit, acceptable code, valid, invalid, more detail, good to bill, specificity, "
    "ok to submit, okay to submit, fine to submit, code that out, be used, drop that, go out, <dx> specific, "
    "claim form, put on the, i can put on, put on my, on a ub, <dx> complete, is complete, accept, accepts, accepted, "
    "go through, too short, kicked out, kicked back, bounced, rejected, long enough, all the characters, "
    "all the digits, missing a character, good enough, enough for, is that enough, complete pcs, complete icd, "
    "enough character, enough digit, final, code complete, additional character, additional digits, further character, "
    "further digits, be more specific, missing characters, missing a digit, missing something, cms 1500, a 1500, "
    "finished code, full length, right format, correct format, rejects, reject, a code i can *, a code we can *, "
    "code be sent, be sent at all, another character, am i done, three character*, 3 character*, four character*, "
    "4 character*, exactly as, just as it is, at that level, at this level, drop <dx> *, take <dx>, take that code, "
    "take this code, take the code, on the ub, on the bill, on the 1500, on the form, on the claim, highest level, "
    "leaf, is it a category, is a category, just a category, only a category, or a category, "
    "without the last character, without its last character, without the last digit, without a seventh character, "
    "without the seventh character, can a claim *, a parent code, how many more *, not a code you *, not a code i *, "
    "not a code we *, too general, too broad, validate, validates, exist, exists, lacks detail, lack detail, "
    "lacking detail, left off, leaves off, digits missing, missing digits, characters missing, last two digits, "
    "last digits, submit able, completeness, far enough, fifth character, fourth character, sixth character"
)
SURELY_BILLABLE = Cues(
    "billable, valid, invalid, specific enough, header, reportable, digits, characters, claim form, <dx> complete, "
    "accept, accepts, cms 1500, rejects, reject, good enough, enough for, is that enough, finished code, right format, "
    "too short, kicked out, kicked back, long enough, on a ub, another character, another digit, am i done, "
    "three character*, 3 character*, four character*, 4 character*, exactly as, at that level, at this level, "
    "take that code, take this code, take the code, highest level, leaf, is it a category, is a category, "
    "just a category, only a category, or a category, complete code, without the last character, "
    "without its last character, without the last digit, without a seventh character, without the seventh character, "
    "go on the claim, go on a claim, validate, validates, not a code you *, not a code i *, not a code we *, "
    "as far as it goes, as far down *, as deep as *, as low as *, end of the line, go deeper, go further, go lower, "
    "stop there, stop here, stop at, choke on, chokes on, lacks detail, lack detail, lacks specificity, "
    "lacking detail, left off, submit able, far enough"
)
# Characters of a whole code of ICD-10-PCS, which has nothing below it.
WHOLE = 7
BELOW = Cues(
    "descendants, descendant, ancestor, ancestors, climb, in range, in the range, codes around, neighbors, neighbours, "
    "umbrella, parent, children, child, subcodes, sub codes, subcategory, subcategories, below, under, underneath, "
    "hierarchy, chapter, block, section, belong, belongs, category, more specific, codes in, sibling, siblings, tree, "
    "breakdown, break down, drill down, above, roll up, rolls up, levels, level, branch, family, narrower, broader, "
    "within, start with, starts with, starting with, begin with, begins with, beginning with, all the codes, "
    "list the codes, list codes, list all, choices, where in the book, subdivision, subdivisions, options, break out, "
    "breaks out, break into, breaks into, split into, splits into, divide into, divides into, divided into, "
    "branches into, subdivide*, subcode, expand, 4th digits, 5th digits, 6th digits, fourth digits, fifth digits, "
    "sixth digits, level down, levels down, step down, way down"
)
TRULY_TOGETHER = Cues(
    "together, same claim, same time, same encounter, same visit, same day, same discharge, same stay, same admission, "
    "one encounter, one visit, one stay, one discharge, contradict, contradicts, contradictory, side by side, "
    "same chart, same face sheet, same problem list, same note, exclusion, exclusions, both, with each other, coexist, "
    "simultaneously, alongside, along with, mutually exclusive, conflict, conflicts, combine, excludes1, excludes, "
    "exclude, with <dx>, next to, secondary to <dx>, compatible, clash, at once, go with, goes with, report with, "
    "pair, one claim, a single claim, <dx> block <dx>, <dx> blocks <dx>, prevent*, preclude*, keep me from, "
    "keeps me from, stop me from, stops me from, keep us from, stop us from, forbid, forbids, each other, one another, "
    "one and the same encounter, one and the same visit, one and the same claim, one and the same stay, "
    "single encounter, single visit, single claim, single stay"
)
CONDITION = Cues("what condition, which condition, what disease, what diagnosis is, what injury, what kind of")
WHAT = Cues(
    "decode, decodes, break down, breakdown, break apart, parse, what is, whats, what are, what does, meaning, mean, "
    "means, describe, description, define, translate"
)
TITLES = Cues(
    "explanation of, describes, stand for, stands for, stood for, title, titles, official title, official name, "
    "official description, official long *, official short *, long title, short title, full title, says what, "
    "official meaning, official wording, official descriptor, descriptor, represent, represents, represented by, "
    "denote, denotes, signify, signifies, refer to, refers to, wording of, name of, named, called, definition"
)
