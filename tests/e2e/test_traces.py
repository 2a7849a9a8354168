"""The traces of the running product: what a request caused in all services and by events, and nothing of its text."""

import re
import secrets

import httpx

from tests.collector import Collector
from tests.e2e.people import PASSWORD, network, new_email, new_member
from tests.e2e.product import Product
from tests.support import eventually

ACCOUNTS, LOOKUP, QUOTA = (
    f"codingahead.{name}Service" for name in ("accounts.v1.Accounts", "lookup.v1.Lookup", "quota.v1.Quota")
)
PAGE = "gateway: GET /codes/{system}/{code}"
EXPECTED = {
    ("gateway: GET /search", f"gateway: {LOOKUP}/Search", f"lookup: {LOOKUP}/Search", "lookup: msearch"),
    (PAGE, f"gateway: {LOOKUP}/GetCodePage", f"lookup: {LOOKUP}/GetCodePage", "lookup: mget"),
    (PAGE, f"gateway: {QUOTA}/RecordView", f"quota: {QUOTA}/RecordView", "quota: EVALSHA record_view"),
    (
        PAGE,
        f"gateway: {QUOTA}/RecordView",
        f"quota: {QUOTA}/RecordView",
        "quota: publish quota.view.charged",
        "accounts: process quota.view.charged",
        "accounts: accounts transaction",
    ),
    (
        "gateway: POST /register",
        f"gateway: {ACCOUNTS}/Register",
        f"accounts: {ACCOUNTS}/Register",
        "accounts: publish accounts.letter.requested",
        "accounts: process accounts.letter.requested",
        "accounts: accounts transaction",
    ),
}
TYPED = ("kidney", "stones", "Marigold", "Quillfeather")


async def test_what_a_request_causes_is_one_trace_that_tells_nothing_of_what_was_typed(
    product: Product, collector: Collector
) -> None:
    member = await new_member(product)
    email, origin, trace = new_email(), network(), secrets.token_hex(16)
    headers = {**origin, "traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
    async with httpx.AsyncClient(base_url=product.web, headers=headers) as http:
        await http.post("/register", data={"email": email, "password": PASSWORD})
        http.cookies.update(member.cookies)
        await http.get("/search", params={"query": " ".join(TYPED)})
        page = await http.get("/codes/icd10cm/N13.2")
    assert page.status_code == 200

    def missing() -> set[tuple[str, ...]]:
        """Return the paths that have not arrived; names of indices do not count."""
        arrived = collector.paths(trace)
        return EXPECTED - {tuple(re.sub(r" codingahead-\S+$", "", label) for label in path) for path in arrived}

    await eventually(lambda: not missing())
    sent = "".join(collector.texts)
    private = (*TYPED, "N13.2", email, member.email, PASSWORD, *origin.values(), *member.cookies.values())
    assert not [text for text in private if text in sent]


async def test_the_log_lines_of_all_services_name_the_trace(product: Product) -> None:
    trace = secrets.token_hex(16)
    headers = {**network(), "traceparent": f"00-{trace}-{secrets.token_hex(8)}-00"}
    async with httpx.AsyncClient(base_url=product.web, headers=headers) as http:
        await http.get("/codes/icd10cm/E11.9")

    logs = [product.folder / "logs" / f"{service}.log" for service in ("gateway", "lookup", "quota")]
    await eventually(lambda: all(trace in log.read_text() for log in logs))
