"""Every workload: what Kubernetes takes, what the profile demands, what points to what."""

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from tests.deploy.manifests import Document, Manifests, Pod, render
from tests.deploy.restricted import violations

# The oldest that knows all that the manifests use.
OLDEST = "1.27.0"


@pytest.fixture(scope="module", autouse=True)
def _schemas_are_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        utils = kubernetes_validate.utils
        patch.setattr(utils, "schema_contents", cache(utils.schema_contents))
        yield


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
def test_every_document_is_valid(manifests: Manifests, version: str) -> None:
    for document in manifests.documents:
        kubernetes_validate.validate(document, version, strict=True)


def test_the_schemas_refuse_what_they_do_not_know() -> None:
    document = copy.deepcopy(render("overlays/production").kind("Deployment")["lookup"])
    document["spec"]["template"]["spec"]["hostnetwork"] = True

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, OLDEST, strict=True)


def test_everything_is_in_the_one_restricted_namespace(manifests: Manifests) -> None:
    (namespace,) = manifests.kind("Namespace").values()
    labels = namespace["metadata"]["labels"]
    others = [document for document in manifests.documents if document is not namespace]

    assert {document["metadata"]["namespace"] for document in others} == {namespace["metadata"]["name"]}
    assert [labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "warn", "audit")] == ["restricted"] * 3


def test_every_pod_meets_the_restricted_profile(manifests: Manifests) -> None:
    assert {str(pod): found for pod in manifests.pods() if (found := violations(pod.spec))} == {}


def _container(spec: Document) -> Document:
    container: Document = spec["containers"][0]
    return container


BREACHES: dict[str, Callable[[Document], object]] = {
    "hostNetwork": lambda spec: spec.update(hostNetwork=True),
    "hostPID": lambda spec: spec.update(hostPID=True),
    "hostIPC": lambda spec: spec.update(hostIPC=True),
    "volume": lambda spec: spec["volumes"].append({"name": "host", "hostPath": {"path": "/"}}),
    "sysctl": lambda spec: spec["securityContext"].update(sysctls=[{"name": "kernel.msgmax", "value": "1"}]),
    "privileged": lambda spec: _container(spec)["securityContext"].update(privileged=True),
    "allowPrivilegeEscalation": lambda spec: _container(spec)["securityContext"].pop("allowPrivilegeEscalation"),
    "not dropped": lambda spec: _container(spec)["securityContext"]["capabilities"].update(drop=["CHOWN"]),
    "added": lambda spec: _container(spec)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]),
    "runAsNonRoot": lambda spec: spec["securityContext"].pop("runAsNonRoot"),
    "runAsUser": lambda spec: _container(spec)["securityContext"].update(runAsUser=0),
    "seccompProfile": lambda spec: spec["securityContext"].update(seccompProfile={"type": "Unconfined"}),
    "appArmorProfile": lambda spec: spec["securityContext"].update(appArmorProfile={"type": "Unconfined"}),
    "seLinuxOptions": lambda spec: spec["securityContext"].update(seLinuxOptions={"user": "system_u"}),
    "procMount": lambda spec: _container(spec)["securityContext"].update(procMount="Unmasked"),
    "hostPort": lambda spec: _container(spec)["ports"][0].update(hostPort=80),
    "host of a probe": lambda spec: _container(spec).update(livenessProbe={"tcpSocket": {"host": "h", "port": 1}}),
    "hostProcess": lambda spec: spec["securityContext"].update(windowsOptions={"hostProcess": True}),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_of_the_profile_is_found(breach: str) -> None:
    spec = copy.deepcopy(render("overlays/production").services()[0].spec)
    BREACHES[breach](spec)

    (found,) = violations(spec)
    assert breach in found


def test_pods_of_ours_write_nothing_but_tmp_and_have_no_token(manifests: Manifests) -> None:
    for pod in _ours(manifests):
        writable = {mount["mountPath"] for mount in pod.container["volumeMounts"] if not mount.get("readOnly")}
        account = manifests.kind("ServiceAccount")[pod.spec["serviceAccountName"]]

        assert pod.container["securityContext"]["readOnlyRootFilesystem"], str(pod)
        assert writable == {"/tmp"}, str(pod)
        assert pod.spec["automountServiceAccountToken"] is False, str(pod)
        assert account["automountServiceAccountToken"] is False, str(pod)


def test_every_service_has_an_account_of_its_own(manifests: Manifests) -> None:
    accounts = [pod.spec["serviceAccountName"] for pod in manifests.services()]

    assert len(set(accounts)) == len(accounts)


def test_a_rollout_never_takes_a_pod_before_its_successor_is_ready(manifests: Manifests) -> None:
    for pod in manifests.services():
        strategy = pod.workload["spec"]["strategy"]

        assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}, str(pod)


def test_probes_ask_the_health_port(manifests: Manifests) -> None:
    for pod in manifests.services():
        asked = {kind: pod.container[f"{kind}Probe"]["grpc"] for kind in ("startup", "liveness", "readiness")}
        live = {"port": pod.ports["health"], "service": "live"}

        assert asked == {"startup": live, "liveness": live, "readiness": {"port": pod.ports["health"]}}, str(pod)


def test_pods_ask_for_what_they_need_and_have_a_bound_of_memory_but_not_of_cpu(manifests: Manifests) -> None:
    for pod in manifests.pods():
        resources = pod.container["resources"]

        assert resources["requests"].keys() == {"cpu", "memory"}, str(pod)
        assert resources["limits"].keys() == {"memory"}, str(pod)


def test_pods_are_spread_over_zones_and_machines(manifests: Manifests) -> None:
    for pod in manifests.services():
        constraints = pod.spec["topologySpreadConstraints"]

        assert [c["topologyKey"] for c in constraints] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
        for constraint in constraints:
            own = {key: pod.labels.get(key) for key in constraint["matchLabelKeys"] if key != "pod-template-hash"}
            wanted = constraint["labelSelector"]["matchLabels"] | own
            assert [p for p in manifests.selected(wanted) if p.kind == "Deployment"] == [pod], str(pod)


def test_workloads_select_their_own_pods_alone(manifests: Manifests) -> None:
    for pod in manifests.pods():
        if "selector" in pod.workload["spec"]:
            assert manifests.selected(pod.workload["spec"]["selector"]["matchLabels"]) == [pod], str(pod)


def test_services_lead_to_ports_of_one_workload(manifests: Manifests) -> None:
    for name, service in manifests.kind("Service").items():
        (pod,) = manifests.selected(service["spec"]["selector"])
        for port in service["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            number = pod.ports[target] if isinstance(target, str) else target
            assert number in pod.ports.values(), name
            # The names of a headless Service lead to the pods themselves: nothing translates ports on that way.
            assert service["spec"].get("clusterIP") != "None" or port["port"] == number, name


def test_callers_see_every_pod_of_a_service_that_is_ready(manifests: Manifests) -> None:
    services = manifests.kind("Service")
    internal = [pod for pod in manifests.services() if pod.name != "gateway"]

    assert internal
    for pod in internal:
        assert services[pod.name]["spec"]["clusterIP"] == "None"
        assert not services[pod.name]["spec"].get("publishNotReadyAddresses")


def test_ingresses_lead_to_the_gateway_by_tls(manifests: Manifests) -> None:
    services = manifests.kind("Service")
    ingresses = manifests.kind("Ingress")

    assert ingresses.keys() == {"web", "grpc"}
    for ingress in ingresses.values():
        (rule,) = ingress["spec"]["rules"]
        (path,) = rule["http"]["paths"]
        backend = path["backend"]["service"]
        assert backend["port"]["name"] in {port["name"] for port in services[backend["name"]]["spec"]["ports"]}
        assert [tls["hosts"] for tls in ingress["spec"]["tls"]] == [[rule["host"]]]


def test_what_scales_is_one_deployment_without_a_number_of_its_own(manifests: Manifests) -> None:
    deployments = manifests.kind("Deployment")
    scalers = manifests.kind("HorizontalPodAutoscaler")

    assert scalers.keys() == {"gateway", "lookup", "assistant"}
    for scaler in scalers.values():
        target = scaler["spec"]["scaleTargetRef"]
        assert target == {"apiVersion": "apps/v1", "kind": "Deployment", "name": target["name"]}
        # An apply would take the scaler's pods away.
        assert "replicas" not in deployments[target["name"]]["spec"]


def test_every_service_gives_up_one_pod_at_a_time(manifests: Manifests) -> None:
    budgets = manifests.kind("PodDisruptionBudget").values()
    covered = [manifests.selected(budget["spec"]["selector"]["matchLabels"]) for budget in budgets]

    assert sorted(pod.name for (pod,) in covered) == sorted(pod.name for pod in manifests.services())
    assert all(budget["spec"]["maxUnavailable"] == 1 for budget in budgets)


def test_finished_jobs_make_room_for_those_of_the_next_version(manifests: Manifests) -> None:
    jobs = manifests.kind("Job")

    assert jobs.keys() == {"accounts-migrate", "assistant-migrate", "catalog-load"}
    assert all(job["spec"]["ttlSecondsAfterFinished"] <= 600 for job in jobs.values())


def test_every_volume_and_mount_resolves(manifests: Manifests) -> None:
    for pod in manifests.pods():
        volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
        claims = {c["metadata"]["name"] for c in pod.workload["spec"].get("volumeClaimTemplates", [])}
        maps = [v["configMap"]["name"] for v in volumes.values() if "configMap" in v]
        maps += [source["configMapRef"]["name"] for source in pod.container.get("envFrom", [])]

        assert {mount["name"] for mount in pod.container["volumeMounts"]} == volumes.keys() | claims, str(pod)
        assert set(maps) <= manifests.kind("ConfigMap").keys(), str(pod)


def test_prometheus_finds_the_metrics_of_every_service(manifests: Manifests) -> None:
    """By pods or by Services, as deploy/observability/scrape.yaml and the ServiceMonitor of the guide do."""
    for pod in manifests.services():
        service = manifests.kind("Service")[pod.name]

        assert pod.labels["app.kubernetes.io/part-of"] == "codingahead", str(pod)
        assert service["metadata"]["labels"]["app.kubernetes.io/part-of"] == "codingahead", str(pod)
        assert pod.ports["metrics"] in [p["port"] for p in service["spec"]["ports"] if p["name"] == "metrics"]


def _ours(manifests: Manifests) -> list[Pod]:
    ours = [pod for pod in manifests.pods() if pod.ours]
    assert len(ours) == 9
    return ours


# What an overlay may change: sizes, addresses, settings, images, and the certificates of the TLS between services.
_CHANGED: dict[str, list[tuple[str | int, ...]]] = {
    "ConfigMap": [("data",)],
    "Deployment": [
        ("spec", "replicas"),
        ("spec", "template", "spec", "containers", "codingahead", "resources"),
        ("spec", "template", "spec", "containers", "codingahead", "image"),
        ("spec", "template", "spec", "containers", "codingahead", "env"),
        ("spec", "template", "spec", "containers", "codingahead", "volumeMounts", "tls"),
        ("spec", "template", "spec", "volumes", "tls"),
    ],
    "Job": [
        ("spec", "template", "spec", "containers", "codingahead", "resources"),
        ("spec", "template", "spec", "containers", "codingahead", "image"),
    ],
    "CronJob": [
        ("spec", "suspend"),
        ("spec", "schedule"),
        ("spec", "jobTemplate", "spec", "template", "spec", "containers", "codingahead", "image"),
    ],
    "HorizontalPodAutoscaler": [("spec", "minReplicas"), ("spec", "maxReplicas")],
    "Ingress": [("spec", "rules", 0, "host"), ("spec", "tls", 0, "hosts"), ("spec", "ingressClassName")],
    "NetworkPolicy": [("spec", "egress"), ("spec", "ingress")],
}


def test_overlays_set_size_and_addresses_alone(manifests: Manifests) -> None:
    base, overlay = _by_identity(render("base")), _by_identity(manifests)

    assert base.keys() <= overlay.keys()
    for (kind, name), document in base.items():
        for path in _differences(document, overlay[kind, name]):
            assert any(path[: len(allowed)] == allowed for allowed in _CHANGED.get(kind, [])), (kind, name, path)


def test_overlays_add_nothing_but_stores(manifests: Manifests) -> None:
    added = _by_identity(manifests).keys() - _by_identity(render("base")).keys()
    stores = {pod.name for pod in manifests.pods("StatefulSet")}

    assert {kind for kind, _ in added} <= {"StatefulSet", "Service", "ConfigMap", "NetworkPolicy"}
    assert {name for _, name in added} == stores


def _by_identity(manifests: Manifests) -> dict[tuple[str, str], Any]:
    """Return the documents by kind and name, both as they are without the digests of ConfigMaps."""
    digested = {name: name.rpartition("-")[0] for name in manifests.kind("ConfigMap")}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(entry) for key, entry in value.items()}
        if isinstance(value, list):
            named = all(isinstance(entry, dict) and "name" in entry for entry in value)
            return {entry["name"]: plain(entry) for entry in value} if named else [plain(entry) for entry in value]
        return digested.get(value, value) if isinstance(value, str) else value

    documents = [plain(document) for document in manifests.documents]
    return {(document["kind"], document["metadata"]["name"]): document for document in documents}


def _differences(one: Any, other: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Return where two documents differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            yield from _differences(one.get(key), other.get(key), (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (first, second) in enumerate(zip(one, other, strict=True)):
            yield from _differences(first, second, (*path, place))
    elif one != other:
        yield path
