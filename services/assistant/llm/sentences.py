"""Sentences of a text that comes in pieces."""

import re

_END = re.compile(r"(?<=[.!?])[\"”')]*\s+(?=[“\"'(]?[A-Z0-9])|\s*\n\s*")
_ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|No|Dr|approx|Sec|Ch)|(?<!\w)[A-Z])\.$")


class Sentences:
    """Puts pieces together until a sentence is whole; line breaks end one too."""

    def __init__(self) -> None:
        self._open = ""

    def feed(self, piece: str) -> list[str]:
        """Return the sentences that a piece completes, each on one line."""
        self._open += piece
        whole, begin = [], 0
        for end in _END.finditer(self._open):
            sentence = self._open[begin : end.end()]
            if _ABBREVIATED.search(sentence.rstrip(" ")):
                continue
            whole.append(" ".join(sentence.split()))
            begin = end.end()
        self._open = self._open[begin:]
        return [sentence for sentence in whole if sentence]

    def rest(self) -> str:
        """Return what is left when the text is over; empty unless it is whole."""
        left = " ".join(self._open.split())
        return left if re.search(r"[.!?][\"”')]*$", left) else ""
