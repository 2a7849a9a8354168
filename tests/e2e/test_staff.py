"""What operators are told of the running product, and what is kept of what they do."""

import json

from tests.e2e.people import new_member
from tests.e2e.product import Product

SERVICES = {"lookup", "quota", "accounts", "assistant", "gateway", "public gRPC"}
DATA = {"elasticsearch", "redis", "nats", "accounts database", "assistant database", "mail server"}


async def test_status_shows_every_part_of_the_product(product: Product) -> None:
    ended = await product.run("status", "--json")

    assert ended.code == 0, ended.out + ended.errors
    status = json.loads(ended.out)
    well = {(part["kind"], part["name"]) for part in status["parts"] if part["state"] == "ok"}
    assert {("service", name) for name in SERVICES} | {("data", name) for name in DATA} <= well
    assert {("outbox", "quota"), ("outbox", "accounts"), ("events", "accounts-letters")} <= well
    assert "icd10cm" in {part["details"]["source"] for part in status["parts"] if part["kind"] == "release"}
    assert (product.folder / "accounts-secret").read_text() not in ended.out


async def test_what_the_staff_does_is_recorded_and_names_nobody(product: Product) -> None:
    member = await new_member(product)

    granted = await product.run("accounts", "grant", member.email)
    recorded = await product.run("audit", "list", "--json")

    assert granted.code == 0, granted.errors
    rows = json.loads(recorded.out)
    assert next(row["outcome"] for row in rows if row["action"] == "catalog load") == "done"
    grant = rows[-1]
    assert (grant["action"], grant["outcome"]) == ("accounts grant", "done")
    assert grant["details"] == {"plan": "subscriber", "ends_at": "never", "views": "0"}
    assert grant["target"].startswith("member:")
    assert member.email not in recorded.out + granted.errors
