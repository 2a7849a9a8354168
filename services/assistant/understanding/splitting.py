"""One message, several questions: each is answered by itself."""

import re
from datetime import date

from services.assistant.understanding.seams import part

# What leads to a question and says nothing: "and", "2)", "- ", "also".
_LEADS_TO = re.compile(
    r"(?:[\s,;:&+/|–—]+|-\s+|[*•]\s*|(?:and|also|plus|then)\b(?!-)|\(?(?:\d|[a-h]|q\d)[).:](?=\s)\s*)+", re.IGNORECASE
)
# What leads from it to the next one.
_LEADS_ON = re.compile(r"(?:[\s,;&+|]+|\b(?:and|plus|also))+$", re.IGNORECASE)


def split(text: str, today: date) -> list[str]:
    """Return the questions of a message in their order; what only tells something stays with the one it leads to."""
    questions = map(_bare, part(text, today))
    return [question for question in questions if re.search(r"\w", question)]


def _bare(question: str) -> str:
    begin = match.end() if (match := _LEADS_TO.match(question)) else 0
    return _LEADS_ON.sub("", question[begin:]).strip()
