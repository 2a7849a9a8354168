"""What is asked of one procedure besides its page: all its edits, its price."""

from services.lookup import paging
from services.lookup.answers import EditsAnswer, FeesAnswer
from services.lookup.browse import PageRequest
from services.lookup.codes.notation import procedure
from services.lookup.edits.model import PtpEdits, Setting
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.fees.quote import FeesQuery
from services.lookup.fees.section import LOCALITIES_WANTED, quote_wants
from services.lookup.index.edits import PTP1, PTP2, ptp_id
from services.lookup.releases import parse_effective_on
from services.lookup.serving import Serving
from services.runtime.errors import invalid

_SIZE = 100
_MOST_SIZE = 500


class Procedures:
    """Answers about CPT and HCPCS codes, known or not: an edition that has nothing for one says so."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def list_edits(
        self, code: str, setting: Setting, column: int, effective_on: str, page: PageRequest, timeout: float
    ) -> EditsAnswer:
        """Return a page of the edits of a code in a column, from those in force on a date of service."""
        system, parsed = procedure(code)
        if setting not in PTP1:
            raise invalid("setting", "expected PRACTITIONER or HOSPITAL")
        if column not in (1, 2):
            raise invalid("column", "expected 1 or 2")
        day = parse_effective_on(effective_on)
        size = paging.page_size(page.size, _SIZE, _MOST_SIZE)
        want = Want((PTP1 if column == 1 else PTP2)[setting], ptp_id(parsed, column))

        async def answer() -> EditsAnswer:
            found: Found[PtpEdits] = (await self._serving.facts.of([want], day, timeout)).get(want.kind, want.id)
            bound_to = [setting, column, parsed, effective_on, found.choice and found.choice.load.index]
            return EditsAnswer(
                system, parsed, found, day or self._serving.today(), paging.decode(page.token, bound_to), size, bound_to
            )

        return await self._serving.with_current_indices(answer, timeout)

    async def get_fees(self, code: str, query: FeesQuery, effective_on: str, timeout: float) -> FeesAnswer:
        """Return what the price of a service is made of."""
        system, parsed = procedure(code)
        day = parse_effective_on(effective_on)

        async def answer() -> FeesAnswer:
            facts = await self._serving.facts.of(quote_wants(parsed, query.locality), day, timeout)
            return FeesAnswer(system, parsed, query, facts)

        return await self._serving.with_current_indices(answer, timeout)

    async def localities(self, effective_on: str, timeout: float) -> Answers:
        """Return the payment localities, LOCALITIES_WANTED."""
        day = parse_effective_on(effective_on)
        return await self._serving.with_current_indices(
            lambda: self._serving.facts.of(LOCALITIES_WANTED, day, timeout), timeout
        )
