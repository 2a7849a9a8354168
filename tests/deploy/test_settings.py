"""What the manifests set are settings of the one who reads them, and what is needed is set."""

import os
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import pytest
import yaml

from services.accounts.seal import signer_of
from services.runtime.settings import PREFIX, Settings, table
from tests.conftest import REPOSITORY
from tests.deploy.manifests import OVERLAYS, Document, Manifests, Pod, render
from tests.deploy.settings import SECRETS_DIR, kinds_of, of_image, secrets, variables

GUIDE = (REPOSITORY / "docs" / "kubernetes.md").read_text()
CERTIFICATE = {"tls.crt", "tls.key", "ca.crt"}

# What operators put into the Secrets.
SAMPLES = {
    "CODINGAHEAD_ACCOUNTS_SECRET": "x" * 32,
    "CODINGAHEAD_ASSISTANT_DATABASE_URL": "postgresql://codingahead:pw@postgresql/assistant",
    "CODINGAHEAD_COOKIE_SECRET": "x" * 32,
    "CODINGAHEAD_DATABASE_URL": "postgresql://codingahead:pw@postgresql/accounts",
    "CODINGAHEAD_NATS_URL": "nats://nats:4222",
    "CODINGAHEAD_REDIS_URL": "redis://redis:6379",
    "CODINGAHEAD_SESSION_PUBLIC_KEYS": signer_of("x" * 32).public_key,
    "CODINGAHEAD_SMTP_URL": "smtp://mail:587",
}
# A default that means this machine.
LOCAL = re.compile(r"127\.0\.0\.1|^sqlite:|^\.local/")
# A migration publishes no events, though all settings say where they go.
NOT_USED = {"accounts-migrate": {"CODINGAHEAD_NATS_URL"}, "assistant-migrate": {"CODINGAHEAD_NATS_URL"}}


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_every_variable_is_a_setting_of_its_reader(manifests: Manifests) -> None:
    for pod in _ours(manifests):
        assert variables(pod, manifests).keys() - _known_to(pod) == {SECRETS_DIR}, str(pod)


def test_every_secret_is_a_setting_of_its_reader_and_is_not_set_twice(manifests: Manifests) -> None:
    for pod in _ours(manifests):
        given = variables(pod, manifests)
        for file, (_, key, _) in secrets(pod).items():
            # A file that a setting names, or a setting; a variable would win over it.
            assert key in _known_to(pod) or key in CERTIFICATE, str(pod)
            assert key in CERTIFICATE or file == key, str(pod)
            assert file not in given, str(pod)


def test_nothing_that_is_needed_is_left_to_a_default_that_means_this_machine(manifests: Manifests) -> None:
    for pod in _ours(manifests):
        given = of_image().keys() | variables(pod, manifests).keys() | secrets(pod).keys()
        local = {s.variable for s in table(*kinds_of(pod)) if LOCAL.search(s.default)}
        required = {
            f"{PREFIX}{name.upper()}"
            for kind in kinds_of(pod)
            for name, field in kind.model_fields.items()
            if field.is_required()
        }

        assert (local | required) - given <= NOT_USED.get(pod.name, set()), str(pod)


def test_secrets_are_never_written(manifests: Manifests) -> None:
    plain = {variable for pod in _ours(manifests) for variable in variables(pod, manifests)}

    assert not manifests.kind("Secret")
    assert not plain & SAMPLES.keys()


def test_values_are_what_the_settings_expect(manifests: Manifests, monkeypatch: pytest.MonkeyPatch) -> None:
    for pod in _ours(manifests):
        assert _read(pod, manifests, monkeypatch), str(pod)


def test_ports_are_those_that_the_services_listen_on(manifests: Manifests, monkeypatch: pytest.MonkeyPatch) -> None:
    for pod in manifests.services():
        (settings,) = _read(pod, manifests, monkeypatch)
        grpc = "grpc" if pod.name == "gateway" else pod.name
        listening = {"grpc": f"{grpc}_listen", "metrics": f"{pod.name}_metrics_listen", "health": "health_listen"}
        if pod.name == "gateway":
            listening["http"] = "http_listen"

        addresses = {port: getattr(settings, setting).rpartition(":") for port, setting in listening.items()}
        assert {port: int(number) for port, (_, _, number) in addresses.items()} == pod.ports, str(pod)
        assert {host for host, _, _ in addresses.values()} <= {"[::]", "0.0.0.0"}, str(pod)


def test_a_pod_has_the_time_to_drain_and_stop(manifests: Manifests, monkeypatch: pytest.MonkeyPatch) -> None:
    for pod in manifests.services():
        (settings,) = _read(pod, manifests, monkeypatch)

        assert pod.spec["terminationGracePeriodSeconds"] > settings.drain_seconds + settings.stop_seconds, str(pod)


def test_a_name_leads_to_a_new_pod_before_an_old_one_goes(manifests: Manifests) -> None:
    for pod in manifests.services():
        # CoreDNS may answer from 5 seconds before.
        assert pod.workload["spec"]["minReadySeconds"] > 5, str(pod)


def test_callers_of_one_pod_find_the_next_before_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    manifests = render("overlays/development")
    for pod in manifests.services():
        (settings,) = _read(pod, manifests, monkeypatch)

        # They look when a connection is renewed, at its age or a tenth later.
        assert pod.workload["spec"]["minReadySeconds"] > settings.connection_age_seconds * 1.1 + 5, str(pod)


def test_targets_are_services(manifests: Manifests, monkeypatch: pytest.MonkeyPatch) -> None:
    services = manifests.kind("Service")
    targets = {
        (pod.name, name): getattr(settings, name)
        for pod in _ours(manifests)
        for settings in _read(pod, manifests, monkeypatch)
        for name in type(settings).model_fields
        if name.endswith("_target")
    }

    assert len(targets) == 5
    for (_, name), target in targets.items():
        service = name.removesuffix("_target")
        (port,) = (p["port"] for p in services[service]["spec"]["ports"] if p["name"] == "grpc")
        assert target == f"dns:///{service}:{port}"


def test_files_that_settings_name_are_mounted(manifests: Manifests) -> None:
    for pod in _ours(manifests):
        mounts = {mount["mountPath"]: mount["name"] for mount in pod.container["volumeMounts"]}
        given = variables(pod, manifests)
        assert given[SECRETS_DIR] in mounts

        for name, value in given.items():
            if name.endswith(("_CA", "_CERTIFICATE", "_KEY")):
                file = PurePosixPath(value)
                there = secrets(pod).keys() if mounts[str(file.parent)] == "secrets" else CERTIFICATE
                assert file.name in there, (str(pod), name)


def test_in_production_every_service_has_a_certificate_of_its_own_as_the_guide_makes_it() -> None:
    certificates = {pod.name: _certificate(pod) for pod in render("overlays/production").services()}
    made = {example["spec"]["secretName"]: example["spec"].get("dnsNames") for example in _examples("Certificate")}

    assert certificates == {name: f"{name}-tls" for name in certificates}
    # Callers demand the name that they call.
    assert {secret: made.get(secret) for secret in certificates.values()} == {f"{n}-tls": [n] for n in certificates}


def test_the_guide_makes_the_secrets_that_are_used_and_no_others() -> None:
    used: set[tuple[str, str]] = set()
    for overlay in OVERLAYS:
        manifests = render(f"overlays/{overlay}")
        used |= {(name, key) for pod in _ours(manifests) for name, key, _ in secrets(pod).values()}
        used |= {
            (reference["name"], reference["key"])
            for pod in manifests.pods()
            for variable in pod.container.get("env", [])
            if (reference := variable.get("valueFrom", {}).get("secretKeyRef"))
        }
        served = {tls["secretName"] for ingress in manifests.kind("Ingress").values() for tls in ingress["spec"]["tls"]}
        used |= {(name, key) for name in served for key in ("tls.crt", "tls.key")}

    assert _secrets_of_the_guide() == used


def _ours(manifests: Manifests) -> list[Pod]:
    ours = [pod for pod in manifests.pods() if pod.ours]
    assert len(ours) == 9
    return ours


def _known_to(pod: Pod) -> set[str]:
    return {setting.variable for setting in table(*kinds_of(pod))}


def _read(pod: Pod, manifests: Manifests, monkeypatch: pytest.MonkeyPatch) -> Sequence[Settings]:
    """Return the settings as the pod reads them, with samples of the secrets that must be there."""
    needed = {name: SAMPLES[name] for name, (_, _, optional) in secrets(pod).items() if not optional}
    with monkeypatch.context() as patch:
        for name, value in {**of_image(), **variables(pod, manifests), **needed}.items():
            patch.setenv(name, value)
        return [kind() for kind in kinds_of(pod)]


def _certificate(pod: Pod) -> str | None:
    return next((v["secret"]["secretName"] for v in pod.spec["volumes"] if v["name"] == "tls"), None)


def _examples(kind: str) -> list[Document]:
    """Return the custom resources of a kind that the guide shows."""
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    documents = [document for block in blocks for document in yaml.safe_load_all(block)]
    return [document for document in documents if document["kind"] == kind]


def _secrets_of_the_guide() -> set[tuple[str, str]]:
    """Return the Secrets that the guide makes, each with its keys."""
    commands = re.findall(
        r"create secret (\w+) ([a-z-]+)((?:[^\n]*\\\n)*[^\n]*)", GUIDE.replace("kubectl -n codingahead ", "")
    )
    made = {
        (name, key)
        for _, name, options in commands
        for key in re.findall(r"--from-(?:literal|file)=\"?([A-Za-z_.]+)=", options)
    }
    return made | {(name, key) for kind, name, _ in commands if kind == "tls" for key in ("tls.crt", "tls.key")}
