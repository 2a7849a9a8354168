"""How often the pages of codes are opened: among codes that match about as well, the usual ones go first."""

import math
from collections import Counter

from services.lookup.codes.model import System


class Popularity:
    """Counts the views of pages, as quota charges them."""

    def __init__(self) -> None:
        self._views: Counter[str] = Counter()
        self._most = 0

    def add(self, page: str) -> None:
        """Count a view of a page, such as "icd10cm:E11.9"."""
        self._views[page] += 1
        self._most = max(self._most, self._views[page])

    def share(self, system: System, code: str) -> float:
        """Return how usual a code is, from 0 for one that nobody opened to 1 for the one opened most."""
        views = self._views.get(f"{system}:{code}", 0)
        return math.log1p(views) / math.log1p(self._most) if views else 0.0
