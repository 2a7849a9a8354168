"""One message, several questions: each is answered by itself."""

import re
from datetime import date

from services.assistant.understanding.seams import part

# What leads to a question and says nothing: "and", "2)", "- ", "also".
_LEADS_TO = re.compile(
    r"(?:[\s,;:&+/|–—]+|-\s+|[*•]\s*|(?:and|also|plus|then|btw|by\s+the\s+way|if\s+you\s+don'?t\s+mind)\b(?!-)"
    r"|\(?(?:\d|[a-h]|q\d)[).:](?=\s)\s*)+",
    re.IGNORECASE,
)
# What leads from it to the next one.
_LEADS_ON = re.compile(r"(?:[\s,;&+|]+|\b(?:and|plus|also))+$", re.IGNORECASE)


def split(text: str, today: date) -> list[str]:
    """Return the questions of a message in their order; what only tells something stays with the one it leads to."""
    *others, last = part(text, today)
    questions = [_begun(_LEADS_ON.sub("", question)) for question in others] + [_begun(last)]
    return [question for question in questions if re.search(r"\w", question)]


def _begun(question: str) -> str:
    """Return a question without what leads to it."""
    return question[match.end() if (match := _LEADS_TO.match(question)) else 0 :].strip()
