"""The calls that the NetworkPolicies let through are those of the design, and no others."""

import pytest

from tests.deploy.manifests import Manifests, render
from tests.deploy.network import INTERNET, Arrow, arrows

SERVICES = {"gateway", "lookup", "quota", "accounts", "assistant"}
OURS = SERVICES | {"accounts-migrate", "assistant-migrate", "catalog-load", "catalog-fetch"}

CALLS = {
    Arrow("gateway", "lookup", 7001),
    Arrow("gateway", "quota", 7002),
    Arrow("gateway", "accounts", 7003),
    Arrow("gateway", "assistant", 7004),
    Arrow("assistant", "lookup", 7001),
    Arrow("catalog-fetch", INTERNET, 443),
    Arrow("namespace ingress-nginx", "gateway", 8080),
    Arrow("namespace ingress-nginx", "gateway", 9090),
    *(Arrow("namespace monitoring", pod, 9100) for pod in SERVICES),
    *(Arrow(pod, "namespace monitoring", 4317) for pod in OURS),
    *(Arrow(pod, "namespace kube-system", 53) for pod in OURS),
}
# Who uses which store.
STORES = {
    "elasticsearch": {"lookup", "catalog-load", "catalog-fetch"},
    "nats": SERVICES | {"catalog-load", "catalog-fetch"},
    "postgresql": {"accounts", "assistant", "accounts-migrate", "assistant-migrate"},
    "redis": {"quota"},
}


def to_stores(places: dict[str, tuple[str, int]]) -> set[Arrow]:
    return {Arrow(pod, *places[store]) for store, pods in STORES.items() for pod in pods}


def test_in_production_stores_are_in_a_namespace_of_their_own_and_two_services_reach_out() -> None:
    data = "namespace codingahead-data"
    places = {"elasticsearch": (data, 9200), "nats": (data, 4222), "postgresql": (data, 5432), "redis": (data, 6379)}

    assert arrows(render("overlays/production")) == {
        *CALLS,
        *to_stores(places),
        Arrow("quota", data, 26379),
        Arrow("accounts", INTERNET, 465),
        Arrow("accounts", INTERNET, 587),
        Arrow("assistant", INTERNET, 443),
    }


def test_in_development_stores_are_beside_the_services() -> None:
    places = {name: (name, port) for name, port in (("elasticsearch", 9200), ("nats", 4222), ("postgresql", 5432))}

    assert arrows(render("overlays/development")) == {
        *CALLS,
        *to_stores({**places, "redis": ("redis", 6379)}),
        Arrow("accounts", "smtp", 1025),
    }


def test_everything_else_is_denied(manifests: Manifests) -> None:
    spec = manifests.kind("NetworkPolicy")["deny-all"]["spec"]

    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_ports_that_are_opened_are_listened_on(manifests: Manifests) -> None:
    pods = {pod.name: pod for pod in manifests.pods()}
    called = [arrow for arrow in arrows(manifests) if arrow.callee in pods]

    assert called
    for arrow in called:
        assert arrow.port in pods[arrow.callee].ports.values(), arrow


@pytest.mark.parametrize("end", ["Ingress", "Egress"])
def test_a_way_is_open_only_if_both_ends_open_it(end: str) -> None:
    manifests = render("overlays/development")
    name = {"Ingress": "lookup", "Egress": "to-lookup"}[end]
    closed = Manifests(
        [d for d in manifests.documents if (d["kind"], d["metadata"]["name"]) != ("NetworkPolicy", name)]
    )

    assert arrows(manifests) - arrows(closed) == {
        Arrow("gateway", "lookup", 7001),
        Arrow("assistant", "lookup", 7001),
    }
