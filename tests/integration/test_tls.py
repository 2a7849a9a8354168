"""TLS between services: who is let in, whom they trust, renewed certificates, and what is said of unusable files."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import astuple, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from codingahead.lookup.v1 import lookup_pb2
from codingahead.quota.v1 import quota_pb2, quota_pb2_grpc
from cryptography.x509 import load_pem_x509_certificate
from google.protobuf.descriptor import ServiceDescriptor

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.stack import LocalStack
from deploy.local.supervisor import Child
from services.runtime import logs
from services.runtime.errors import Kind, Refusal, unavailable
from services.runtime.rpc.client import Client, is_serving
from services.runtime.rpc.server import Server
from services.runtime.rpc.tls import tls_of
from services.runtime.settings import Settings, Unusable
from services.runtime.tokens import Signer
from tests.certificates import Authority, Files
from tests.support import eventually, measured

QUOTA = quota_pb2.DESCRIPTOR.services_by_name["QuotaService"]
LOOKUP = lookup_pb2.DESCRIPTOR.services_by_name["LookupService"]
LOG = logs.get("test")
SETTING = "CODINGAHEAD_HEALTH_LISTEN"
COMMAND = (sys.executable, "-m", "cli")


class Answering:
    """Says of every subject that seven views remain, and shows a page of every code; the rest is not offered."""

    async def get_balance(self, _: quota_pb2.GetBalanceRequest) -> quota_pb2.GetBalanceResponse:
        return quota_pb2.GetBalanceResponse(balance=quota_pb2.Balance(remaining=7))

    async def get_code_page(self, request: lookup_pb2.GetCodePageRequest) -> lookup_pb2.GetCodePageResponse:
        return lookup_pb2.GetCodePageResponse(entry=lookup_pb2.Entry(system=request.system, code=request.code))

    def __getattr__(self, name: str) -> Any:
        async def away(_: object) -> None:
            raise unavailable(f"{name} is not here")

        return away


def settings_of(files: Files) -> Settings:
    return Settings(tls_certificate=files.certificate, tls_key=files.key, tls_ca=files.authority)


@asynccontextmanager
async def serving(contract: ServiceDescriptor, settings: Settings, listen: str = f"{LOOPBACK}:0") -> AsyncIterator[int]:
    """Serve a contract with the TLS of some settings; yield the port."""
    server = Server(LOG, listen, tls=tls_of(settings))
    server.add(contract, Answering())
    await server.start()
    await server.set_ready(True)
    try:
        yield server.port
    finally:
        await server.stop(0)


async def remaining(settings: Settings, port: int, host: str = LOOPBACK) -> int:
    """Ask as a client with these settings does."""
    client = Client(QUOTA, f"{host}:{port}", tls_of(settings))
    try:
        stub = client.stub(quota_pb2_grpc.QuotaServiceStub, 5.0)
        return (await stub.GetBalance(quota_pb2.GetBalanceRequest(subject="guest:1"))).balance.remaining
    finally:
        await client.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def other(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "other")


@pytest.fixture
async def port(authority: Authority) -> AsyncIterator[int]:
    """The port of a server that shows a certificate, and demands one."""
    async with serving(QUOTA, settings_of(authority.issue("quota", LOOPBACK))) as port:
        yield port


async def test_both_sides_that_show_a_certificate_of_the_authority_talk(authority: Authority, port: int) -> None:
    gateway = settings_of(authority.issue("gateway"))

    assert await remaining(gateway, port) == 7
    assert await is_serving(f"{LOOPBACK}:{port}", tls=tls_of(gateway))


async def test_a_server_without_an_authority_lets_in_who_trusts_it(authority: Authority) -> None:
    files = authority.issue("quota", LOOPBACK)
    async with serving(QUOTA, Settings(tls_certificate=files.certificate, tls_key=files.key)) as port:
        assert await remaining(Settings(tls_ca=authority.certificate), port) == 7


async def test_a_client_without_tls_is_refused(port: int) -> None:
    with pytest.raises(Refusal) as caught:
        await remaining(Settings(), port)
    assert caught.value.kind is Kind.UNAVAILABLE
    assert not await is_serving(f"{LOOPBACK}:{port}")


async def test_a_client_without_a_certificate_is_refused(authority: Authority, port: int) -> None:
    with pytest.raises(Refusal):
        await remaining(Settings(tls_ca=authority.certificate), port)


async def test_a_client_with_a_certificate_of_another_authority_is_refused(
    authority: Authority, other: Authority, port: int
) -> None:
    with pytest.raises(Refusal):
        await remaining(settings_of(replace(other.issue("gateway"), authority=authority.certificate)), port)


async def test_a_server_of_another_authority_is_refused(authority: Authority, other: Authority, port: int) -> None:
    with pytest.raises(Refusal):
        await remaining(settings_of(replace(authority.issue("gateway"), authority=other.certificate)), port)


async def test_a_server_of_another_name_is_refused(authority: Authority, port: int) -> None:
    with pytest.raises(Refusal):
        await remaining(settings_of(authority.issue("gateway")), port, "localhost")


async def test_renewed_certificates_are_for_new_connections_without_a_restart(tmp_path: Path) -> None:
    """Those of another authority show it: nobody who still had the old ones could talk to who has the new ones."""
    files = Authority(tmp_path / "authority").issue("quota", LOOPBACK)
    async with serving(QUOTA, settings_of(files)) as port:
        client = Client(QUOTA, f"{LOOPBACK}:{port}", tls_of(settings_of(files)))
        stub = client.stub(quota_pb2_grpc.QuotaServiceStub, 5.0)
        request = quota_pb2.GetBalanceRequest(subject="guest:1")
        assert (await stub.GetBalance(request)).balance.remaining == 7

        old = settings_of(Files(*(path.rename(f"{path}.old") for path in astuple(files))))
        Authority(tmp_path / "authority").issue("quota", LOOPBACK)

        async def is_renewed() -> bool:
            return await is_serving(f"{LOOPBACK}:{port}", tls=tls_of(settings_of(files)))

        await eventually(is_renewed)
        assert (await stub.GetBalance(request)).balance.remaining == 7
        assert not await is_serving(f"{LOOPBACK}:{port}", tls=tls_of(old))
        await client.close()


def test_the_end_of_the_certificates_is_measured(authority: Authority) -> None:
    files = authority.issue("quota", LOOPBACK)
    tls_of(settings_of(files))

    for name, path in (("own", files.certificate), ("authorities", files.authority)):
        assert path
        ends = load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
        assert measured("codingahead_tls_certificate_expires_timestamp_seconds", certificate=name) == ends.timestamp()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda files: replace(files, key=None), "CODINGAHEAD_TLS_KEY: expected with CODINGAHEAD_TLS_CERTIFICATE"),
        (lambda files: replace(files, certificate=None), "CODINGAHEAD_TLS_CERTIFICATE: expected with"),
        (lambda files: replace(files, certificate=None, key=None), "CODINGAHEAD_TLS_CERTIFICATE: expected of a server"),
        (lambda files: files.key.unlink() or files, "CODINGAHEAD_TLS_KEY: .* cannot be read: No such file"),
        (lambda files: files.authority.unlink() or files, "CODINGAHEAD_TLS_CA: .* cannot be read: No such file"),
        (lambda files: replace(files, key=files.certificate), "CODINGAHEAD_TLS_KEY: expected a private key"),
        (lambda files: replace(files, certificate=files.key), "CODINGAHEAD_TLS_CERTIFICATE: expected a certificate"),
        (lambda files: replace(files, authority=files.key), "CODINGAHEAD_TLS_CA: expected certificates"),
        (
            lambda files: replace(files, certificate=files.authority),
            "CODINGAHEAD_TLS_KEY: .* is not the key of .*ca.pem",
        ),
    ],
)
async def test_files_that_cannot_be_used_are_told_by_their_setting(
    authority: Authority, spoil: Callable[[Files], Files], message: str
) -> None:
    settings = settings_of(spoil(authority.issue("quota")))

    with pytest.raises(Unusable, match=message):
        Server(LOG, f"{LOOPBACK}:0", tls=tls_of(settings))


async def test_services_talk_by_tls_and_are_probed_without(tmp_path: Path, authority: Authority, nats_url: str) -> None:
    """A gateway that only serves pages when quota counts them, over a lookup of ours."""
    lookup, quota, quota_health, web, grpc, gateway_health = (f"{LOOPBACK}:{free_port()}" for _ in range(6))
    files = authority.issue("lookup", LOOPBACK)
    env = {
        **files.env,
        "CODINGAHEAD_DRAIN_SECONDS": "0",
        "CODINGAHEAD_NATS_URL": nats_url,
        "CODINGAHEAD_LOOKUP_TARGET": lookup,
        "CODINGAHEAD_QUOTA_LISTEN": quota,
        "CODINGAHEAD_QUOTA_TARGET": quota,
        "CODINGAHEAD_QUOTA_FAILURE": "refuse",
        "CODINGAHEAD_HTTP_LISTEN": web,
        "CODINGAHEAD_GRPC_LISTEN": grpc,
        "CODINGAHEAD_COOKIE_SECRET": "c" * 32,
        "CODINGAHEAD_SESSION_PUBLIC_KEYS": Signer(b"s" * 32).public_key,
    }
    async with (
        serving(LOOKUP, settings_of(files), lookup),
        LocalStack(tmp_path, {"redis"}, ports={}) as stack,
        httpx.AsyncClient(base_url=f"http://{web}") as http,
    ):
        env["CODINGAHEAD_REDIS_URL"] = stack.redis_url
        await asyncio.gather(
            *(
                stack.supervisor.start(
                    Child(name, (*COMMAND, "serve", name), partial(is_serving, health), env={**env, SETTING: health})
                )
                for name, health in (("quota", quota_health), ("gateway", gateway_health))
            )
        )

        assert (await http.get("/api/v1/codes/icd10cm/I10/page")).status_code == 200
        assert await is_serving(quota, tls=tls_of(settings_of(files)))
        assert not await is_serving(quota)
        await stack.supervisor.stop("redis")
        await eventually(partial(is_away, quota_health))
        assert await is_serving(quota_health, service="live")


async def is_away(target: str) -> bool:
    return not await is_serving(target)
