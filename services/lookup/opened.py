"""A release as a replica holds it open for one request."""

from dataclasses import dataclass

from services.lookup.index.book import Outline
from services.lookup.releases import ReleaseChoice
from services.lookup.search.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class OpenRelease:
    """The release that answers, its upper book and its words."""

    choice: ReleaseChoice
    outline: Outline
    lexicon: Lexicon
