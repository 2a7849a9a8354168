"""How long a log-in takes, and what it costs to know who calls."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from codingahead.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from rich.console import Console
from rich.table import Table

from services.runtime.rpc.client import Client
from services.runtime.tokens import AccessToken, Signer, Verifier
from tests.bench.load import Ask, closed_loop
from tests.e2e.people import PASSWORD, new_member
from tests.e2e.product import Product

ACCOUNTS = accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"]
CALLERS = (1, 4, 16)
CHECKS = 2_000


async def measure_accounts(product: Product, console: Console, seconds: float) -> None:
    """Log members in, then check tokens and keys; print both."""
    client = Client(ACCOUNTS, product.addresses["CODINGAHEAD_ACCOUNTS_TARGET"])
    accounts = client.stub(accounts_pb2_grpc.AccountsServiceStub, 30)
    emails = [(await new_member(product)).email for _ in range(max(CALLERS))]

    def log_in(number: int) -> Ask:
        request = accounts_pb2.LogInRequest(email=emails[number], password=PASSWORD, network=f"bench-{number}")
        return lambda: accounts.LogIn(request)

    table = Table("what", "callers", "per second", "p50 ms", "p95 ms", "p99 ms", box=None)
    for callers in CALLERS:
        run = await closed_loop(callers, seconds, log_in)
        times = (f"{run.percentile_ms(percent):.0f}" for percent in (50, 95, 99))
        table.add_row("log in", str(callers), f"{run.per_second:,.1f}", *times)
    console.print(table)

    session = (await accounts.LogIn(_credentials(emails[0]))).session
    key = await accounts.CreateApiKey(
        accounts_pb2.CreateApiKeyRequest(subject=session.subject, name="bench", scopes=["codes"])
    )
    by_key = accounts_pb2.AuthenticateRequest(secret=key.secret)
    rpc = await closed_loop(1, seconds, lambda _: lambda: accounts.Authenticate(by_key))
    token = _microseconds(_token_check())
    asked = rpc.percentile_ms(50) * 1000
    table = Table("who calls, found by", "µs", "", box=None)
    table.add_row("the signature of an access token", f"{token:,.0f}", "1")
    table.add_row("an rpc of accounts (API key, first time)", f"{asked:,.0f}", f"{asked / token:.1f}")
    console.print(table)
    await client.close()


def _credentials(email: str) -> accounts_pb2.LogInRequest:
    return accounts_pb2.LogInRequest(email=email, password=PASSWORD, network="bench")


def _token_check() -> Callable[[], object]:
    signer = Signer(secrets.token_bytes(32))
    verifier = Verifier([signer.public_key])
    now = datetime.now(UTC)
    text = signer.sign(AccessToken("member:0", "member", "s", now, now + timedelta(minutes=5)))
    return lambda: verifier.read(text)


def _microseconds(check: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(CHECKS):
        check()
    return (time.perf_counter() - began) / CHECKS * 1e6
