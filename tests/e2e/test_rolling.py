"""Replicas of every service are ended while people and programs use the product: no call fails."""

import asyncio
from pathlib import Path

from deploy.local.ports import LOOPBACK
from deploy.local.supervisor import Supervisor
from tests.e2e.callers import PATIENCE, UNLIMITED, Callers
from tests.e2e.people import new_key, new_member
from tests.e2e.product import Product
from tests.names import answering
from tests.pods import GRPC_PORT, HTTP_PORT, PORTS, Pods, balanced
from tests.support import eventually

# Of these the product's own replica stays. Its quota has limits, its gateway calls that.
STAYING = ("lookup", "accounts", "assistant")
STARTED = (*STAYING, "quota", "quota", "gateway", "gateway")


async def test_no_call_fails_when_replicas_end(product: Product, tmp_path: Path) -> None:
    own = {name: int(product.addresses[f"CODINGAHEAD_{name.upper()}_LISTEN"].rpartition(":")[2]) for name in STAYING}
    env = {**product.addresses, **product.secrets, **PATIENCE}
    env |= {"CODINGAHEAD_PLANS": UNLIMITED, "CODINGAHEAD_TRUSTED_PROXIES": "1"}
    async with Supervisor(tmp_path / "pods") as supervisor, answering() as names:
        pods = Pods(supervisor, tmp_path / "pods", names, env, {**PORTS, **own})
        for service in STAYING:
            names.add(f"{service}.test", LOOPBACK)
        starting = asyncio.gather(*(pods.start(service) for service in STARTED))
        member, key = await new_member(product), await new_key(product, "codes", "pages")
        await starting
        async with balanced(names, "gateway.test", HTTP_PORT) as web:
            callers = Callers(f"http://{web}", names.target("gateway.test", GRPC_PORT), member, key)
            async with callers.calling():
                await eventually(lambda: len(callers.answered) == len(callers.acts))
                await asyncio.gather(*(pods.stop(pods.running(service)[0]) for service in (*STAYING, "quota")))
                await pods.stop(pods.running("gateway")[0])
    assert not callers.failures, callers
