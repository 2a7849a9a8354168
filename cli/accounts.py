"""`codingahead accounts`: the database, plans and views of people, and the key that gateways need."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from codingahead.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from codingahead.quota.v1 import quota_pb2, quota_pb2_grpc

from cli.audit import audit_log
from services.accounts.model import Plan
from services.accounts.seal import signer_of
from services.accounts.settings import DatabaseSettings, SecretSettings
from services.accounts.store import database
from services.gateway.settings import Upstreams
from services.runtime.rpc.client import Client
from services.runtime.rpc.tls import tls_of

app = typer.Typer(help="The database of accounts, plans and views of people.", no_args_is_help=True)

_SECONDS = 10.0


@app.command()
def migrate() -> None:
    """Bring the database to the version that this program needs; what is in it stays."""
    print(asyncio.run(database.migrate(DatabaseSettings().database_url.get_secret_value())))


@app.command()
def grant(
    email: Annotated[str, typer.Argument(help="The address of the account.")],
    plan: Annotated[Plan, typer.Option(help="The plan to give.")] = Plan.SUBSCRIBER,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day of the plan, UTC; none: no end.")
    ] = None,
    views: Annotated[
        int, typer.Option(min=0, max=10_000, help="Code pages to add to each window of the plan member.")
    ] = 0,
) -> None:
    """Give an account a plan, and views beyond it."""
    if views and plan is not Plan.MEMBER:
        raise typer.BadParameter("expected with --plan member: other plans are not limited", param_hint="--views")
    request = accounts_pb2.GrantPlanRequest(email=email, plan=plan)
    if until:
        request.ends_at.FromDatetime(until.replace(tzinfo=UTC) + timedelta(days=1))
    account = asyncio.run(_grant(request, views))
    ending = f" until the end of {until:%Y-%m-%d}, UTC" if until else ""
    print(f"{account.email} has the plan {account.plan}{ending}{f', and {views} more views' if views else ''}.")


@app.command("public-key")
def public_key() -> None:
    """Print CODINGAHEAD_SESSION_PUBLIC_KEYS for gateways, as CODINGAHEAD_ACCOUNTS_SECRET makes it."""
    print(signer_of(SecretSettings().accounts_secret.get_secret_value()).public_key)


async def _grant(request: accounts_pb2.GrantPlanRequest, views: int) -> accounts_pb2.Account:
    targets = Upstreams()
    tls = tls_of(targets)
    accounts = Client(accounts_pb2.DESCRIPTOR.services_by_name["AccountsService"], targets.accounts_target, tls)
    quota = Client(quota_pb2.DESCRIPTOR.services_by_name["QuotaService"], targets.quota_target, tls)
    people = accounts.stub(accounts_pb2_grpc.AccountsServiceStub, _SECONDS)
    try:
        async with audit_log() as staff:
            request.validate_only = True
            subject = (await people.GrantPlan(request)).account.subject
            request.validate_only = False
            ends_at = request.ends_at.ToJsonString() if request.HasField("ends_at") else "never"
            async with staff.action("accounts grant", subject, plan=request.plan, ends_at=ends_at, views=views):
                account = (await people.GrantPlan(request)).account
                if views:
                    await quota.stub(quota_pb2_grpc.QuotaServiceStub, _SECONDS).GrantViews(
                        quota_pb2.GrantViewsRequest(
                            subject=account.subject, plan=account.plan, views=views, request_id=uuid.uuid4().hex
                        )
                    )
    finally:
        await accounts.close()
        await quota.close()
    return account
