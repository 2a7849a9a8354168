"""What the settings of a pod are, from its image, its ConfigMaps, its variables and its secrets."""

import re
from collections.abc import Sequence
from functools import cache

from services.accounts import settings as accounts
from services.assistant import settings as assistant
from services.gateway.settings import GatewaySettings
from services.lookup.settings import ElasticsearchSettings, FetchSettings, LookupSettings
from services.quota.settings import QuotaSettings
from services.runtime.settings import PREFIX, Settings
from tests.conftest import REPOSITORY
from tests.deploy.manifests import Document, Manifests, Pod

SECRETS_DIR = f"{PREFIX}SECRETS_DIR"
SECRETS_FOLDER = "/run/secrets/codingahead"

_COMMANDS: dict[tuple[str, ...], Sequence[type[Settings]]] = {
    ("serve", "accounts"): [accounts.AccountsSettings],
    ("serve", "assistant"): [assistant.AssistantSettings],
    ("serve", "gateway"): [GatewaySettings],
    ("serve", "lookup"): [LookupSettings],
    ("serve", "quota"): [QuotaSettings],
    ("accounts", "migrate"): [accounts.DatabaseSettings],
    ("assistant", "migrate"): [assistant.DatabaseSettings],
    ("catalog", "load"): [ElasticsearchSettings],
    ("catalog", "fetch"): [ElasticsearchSettings, FetchSettings],
}


def kinds_of(pod: Pod) -> Sequence[type[Settings]]:
    """Return the settings that the command of a pod reads."""
    return _COMMANDS[tuple(pod.container["args"][:2])]


@cache
def of_image() -> dict[str, str]:
    """Return the settings that the image sets."""
    dockerfile = (REPOSITORY / "deploy" / "docker" / "Dockerfile").read_text()
    return dict(re.findall(rf"\b({PREFIX}[A-Z_]+)=(\S+)", dockerfile))


def variables(pod: Pod, manifests: Manifests) -> dict[str, str]:
    """Return the variables that the manifests give a pod."""
    maps = manifests.kind("ConfigMap")
    found: dict[str, str] = {}
    for source in pod.container.get("envFrom", []):
        found |= maps[source["configMapRef"]["name"]]["data"]
    return found | {variable["name"]: variable["value"] for variable in pod.container.get("env", [])}


def secrets(pod: Pod) -> dict[str, tuple[str, str, bool]]:
    """Return the files in the folder of secrets, each with its Secret, its key and whether it may be missing."""
    (volume,) = (v for v in pod.spec["volumes"] if v["name"] == "secrets")
    sources: list[Document] = [source["secret"] for source in volume["projected"]["sources"]]
    return {
        item["path"]: (source["name"], item["key"], source.get("optional", False))
        for source in sources
        for item in source["items"]
    }
