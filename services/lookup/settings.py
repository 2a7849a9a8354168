"""Settings of lookup."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from services.lookup.store import Access
from services.runtime.settings import Settings


class ElasticsearchSettings(Settings):
    """How Elasticsearch is reached: all that loading a release needs."""

    elasticsearch_url: str = Field("http://127.0.0.1:9200", description="Elasticsearch nodes, separated by commas")
    elasticsearch_username: str = Field("", description="User name for Elasticsearch, if it wants one")
    elasticsearch_password: SecretStr = Field(SecretStr(""), description="Password for Elasticsearch")
    elasticsearch_api_key: SecretStr = Field(SecretStr(""), description="API key for Elasticsearch, instead of a user")
    elasticsearch_ca: str = Field("", description="File with the certificate authority of Elasticsearch")
    index_replicas: int = Field(0, ge=0, le=5, description="Copies of each index besides the first; 1 in production")

    vocabulary: Path | None = Field(
        None, description="Folder with tables of words beside the product's own: abbreviations, synonyms, ..."
    )

    def access(self) -> Access:
        """Return how the store reaches the cluster."""
        return Access(
            urls=self.elasticsearch_url.split(","),
            username=self.elasticsearch_username,
            password=self.elasticsearch_password.get_secret_value(),
            api_key=self.elasticsearch_api_key.get_secret_value(),
            ca_certs=self.elasticsearch_ca,
        )


class FetchSettings(Settings):
    """Where published files are downloaded from, and where to."""

    source_urls: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")], str] = Field(
        {},
        description='Addresses of published files by source, as JSON: `{"coverage": "https://HOST/PATH/NAME.zip"}`; '
        "several of one source separated by blanks, each with the digest it must have where `#sha256=HEX` ends it",
    )
    downloads: Path = Field(Path(".local/downloads"), description="Folder for downloaded files, one in it per source")


class LookupSettings(ElasticsearchSettings):
    """What lookup is told."""

    lookup_listen: str = Field("127.0.0.1:7001", description="Address of lookup's gRPC")
    lookup_metrics_listen: str = Field("", description="Address of lookup's metrics; unset: none")
    release_check_seconds: float = Field(
        30.0, gt=0, description="How often lookup looks for new releases by itself, should the event about it be missed"
    )
