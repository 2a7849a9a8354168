"""The profile "restricted" of the Pod Security Standards, which the namespace enforces."""

from collections.abc import Iterator

from tests.deploy.manifests import Document

_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_syncookies",
}
_SELINUX_TYPES = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
_PROFILES = ("RuntimeDefault", "Localhost")


def violations(spec: Document) -> list[str]:
    """Return what the profile refuses in the spec of a pod."""
    return [*_of_pod(spec), *(f"{c['name']}: {found}" for c in _containers(spec) for found in _of_container(c, spec))]


def _containers(spec: Document) -> list[Document]:
    return [c for kind in ("containers", "initContainers", "ephemeralContainers") for c in spec.get(kind, [])]


def _of_pod(spec: Document) -> Iterator[str]:
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(shared):
            yield shared
    for volume in spec.get("volumes", []):
        if unknown := volume.keys() - _VOLUMES - {"name"}:
            yield f"volume {volume['name']}: {', '.join(unknown)}"
    security = spec.get("securityContext", {})
    for sysctl in security.get("sysctls", []):
        if sysctl["name"] not in _SYSCTLS:
            yield f"sysctl {sysctl['name']}"
    yield from _of_any(security)


def _of_container(container: Document, spec: Document) -> Iterator[str]:
    security = container.get("securityContext", {})
    inherited = {**spec.get("securityContext", {}), **security}
    capabilities = security.get("capabilities", {})
    if security.get("privileged"):
        yield "privileged"
    if security.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation"
    if "ALL" not in capabilities.get("drop", []):
        yield "capabilities that are not dropped"
    if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "capabilities that are added"
    if inherited.get("runAsNonRoot") is not True:
        yield "runAsNonRoot"
    if inherited.get("seccompProfile", {}).get("type") not in _PROFILES:
        yield "seccompProfile"
    if security.get("procMount", "Default") != "Default":
        yield "procMount"
    if any(port.get("hostPort") for port in container.get("ports", [])):
        yield "hostPort"
    handlers = [container[probe] for probe in ("startupProbe", "livenessProbe", "readinessProbe") if probe in container]
    handlers += container.get("lifecycle", {}).values()
    if any(handler.get(kind, {}).get("host") for handler in handlers for kind in ("httpGet", "tcpSocket")):
        yield "host of a probe"
    yield from _of_any(security)


def _of_any(security: Document) -> Iterator[str]:
    """Return what neither a pod nor a container may have."""
    if security.get("runAsUser") == 0:
        yield "runAsUser"
    if security.get("windowsOptions", {}).get("hostProcess"):
        yield "hostProcess"
    if security.get("appArmorProfile", {}).get("type", "RuntimeDefault") not in _PROFILES:
        yield "appArmorProfile"
    selinux = security.get("seLinuxOptions", {})
    if selinux.get("type", "") not in _SELINUX_TYPES or selinux.get("user") or selinux.get("role"):
        yield "seLinuxOptions"
