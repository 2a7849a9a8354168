"""Who may call whom, as the NetworkPolicies of the manifests say."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.deploy.manifests import Document, Labels, Manifests, Pod

NAMESPACE = "kubernetes.io/metadata.name"
INTERNET = "the internet"


class Arrow(NamedTuple):
    """A call that is let through. Whoever is no pod of ours is "namespace NAME", or the internet."""

    caller: str
    callee: str
    port: int


def arrows(manifests: Manifests) -> set[Arrow]:
    """Return all calls that are let through at both ends. Pods that no policy selects may do anything: refuses them."""
    policies = list(manifests.kind("NetworkPolicy").values())
    found: set[Arrow] = set()
    for pod in manifests.pods():
        for direction in ("Ingress", "Egress"):
            assert any(_selects(policy, pod, direction) for policy in policies), f"{pod}: any {direction}"
        for place, port in _open(policies, pod, "Egress"):
            if isinstance(place, str):
                found.add(Arrow(pod.name, place, port))
            else:
                found |= {
                    Arrow(pod.name, callee.name, port)
                    for callee in _matching(manifests, place)
                    if _lets_in(policies, callee, pod, port)
                }
        for place, port in _open(policies, pod, "Ingress"):
            if isinstance(place, str):
                found.add(Arrow(place, pod.name, port))
    return found


def _lets_in(policies: list[Document], callee: Pod, caller: Pod, port: int) -> bool:
    return any(
        not isinstance(place, str) and _bears(caller.labels, place) and opened == port
        for place, opened in _open(policies, callee, "Ingress")
    )


def _open(policies: list[Document], pod: Pod, direction: str) -> Iterator[tuple[str | Document, int]]:
    """Return the places that a pod may call, or be called from, and the port: a name, or a selector of our pods."""
    ends, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    for policy in policies:
        if _selects(policy, pod, direction):
            for rule in policy["spec"].get(ends, []):
                # Without them a rule would open everything.
                assert rule.get(peers), policy["metadata"]["name"]
                assert rule.get("ports"), policy["metadata"]["name"]
                for peer in rule[peers]:
                    for port in rule["ports"]:
                        assert isinstance(port["port"], int), "a named port is not known everywhere"
                        yield _place(peer), port["port"]


def _selects(policy: Document, pod: Pod, direction: str) -> bool:
    return direction in policy["spec"]["policyTypes"] and _bears(pod.labels, policy["spec"]["podSelector"])


def _place(peer: Document) -> str | Document:
    if "ipBlock" in peer:
        private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
        assert peer["ipBlock"]["cidr"] == "0.0.0.0/0"
        assert private <= set(peer["ipBlock"]["except"])
        return INTERNET
    if "namespaceSelector" in peer:
        return f"namespace {peer['namespaceSelector']['matchLabels'][NAMESPACE]}"
    selector: Document = peer["podSelector"]
    return selector


def _matching(manifests: Manifests, selector: Document) -> list[Pod]:
    return [pod for pod in manifests.pods() if _bears(pod.labels, selector)]


def _bears(labels: Labels, selector: dict[str, Any]) -> bool:
    assert selector.keys() <= {"matchLabels"}
    wanted: Labels = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()
