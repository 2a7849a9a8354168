"""The URL of Redis: one server, the primary that Sentinel names, or a cluster."""

from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, SecretStr

Address = tuple[str, int]

_TLS_OPTIONS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
_SENTINEL_OPTIONS = ("sentinel_username", "sentinel_password")


@dataclass(frozen=True, slots=True)
class Location:
    """Where Redis is. `options` are those of its connections in redis-py, `sentinel_options` those to the Sentinels."""

    kind: str
    addresses: list[Address]
    service: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    sentinel_options: dict[str, Any] = field(default_factory=dict)


def parse(url: str) -> Location:
    """Read one of these:

    redis://[[user]:password@]host[:port][/database]
    redis+cluster://[[user]:password@]host[:port][,host[:port]...]
    redis+sentinel://[[user]:password@]host[:port][,host[:port]...]/service[/database]

    `rediss` instead of `redis` asks for TLS and may name files with ?ssl_ca_certs=, ssl_certfile= and ssl_keyfile=, and
    say ssl_check_hostname=false. Sentinels have users of their own: ?sentinel_username= and sentinel_password=.

    Raises ValueError, without a word of the URL: what stands in a wrong place may be of a password.
    """
    try:
        parts = urlsplit(url)
        given = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise ValueError("expected a URL") from None
    scheme, _, kind = parts.scheme.partition("+")
    if scheme not in ("redis", "rediss") or kind not in ("", "cluster", "sentinel"):
        raise ValueError("expected redis://, redis+cluster:// or redis+sentinel://, rediss with TLS")
    addresses = _addresses(kind, parts)
    service, database = _path(kind, parts.path.removeprefix("/"))
    expected = (_TLS_OPTIONS if scheme == "rediss" else ()) + (_SENTINEL_OPTIONS if kind == "sentinel" else ())
    if not given.keys() <= set(expected):
        raise ValueError(f"expected {'no options' if not expected else 'no options but ' + ', '.join(expected)}")

    tls = _tls(given) if scheme == "rediss" else {}
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return Location(
        kind,
        addresses,
        service,
        options=tls | _account(unquote(user), unquote(password)) | ({"db": int(database)} if database else {}),
        sentinel_options=tls | _account(given.get("sentinel_username", ""), given.get("sentinel_password", "")),
    )


def _usable(url: SecretStr) -> SecretStr:
    parse(url.get_secret_value())
    return url


RedisUrl = Annotated[SecretStr, AfterValidator(_usable)]
"""The URL of Redis as a setting; it may hold a password."""


def _addresses(kind: str, parts: SplitResult) -> list[Address]:
    default_port = 26379 if kind == "sentinel" else 6379
    try:
        hosts = [urlsplit(f"//{host}") for host in parts.netloc.rpartition("@")[2].split(",")]
        addresses = [(host.hostname or "", host.port or default_port) for host in hosts]
    except ValueError:
        addresses = []
    if not addresses or not all(host for host, _ in addresses):
        raise ValueError("expected host:port after the password, in which %2F, %3F, %23 and %40 stand for / ? # @")
    if kind == "" and len(addresses) > 1:
        raise ValueError("expected one address; several are of redis+cluster:// or redis+sentinel://")
    return addresses


def _path(kind: str, path: str) -> tuple[str, str]:
    """Return the service and the database, empty for none."""
    service, _, database = path.partition("/") if kind == "sentinel" else ("", "", path)
    if kind == "sentinel" and not service:
        raise ValueError("expected the name of the service that the Sentinels watch: host:port/service")
    if kind == "cluster" and database not in ("", "0"):
        raise ValueError("expected no database: a cluster has one")
    if database and not (database.isascii() and database.isdecimal()):
        raise ValueError("expected a database that is a number")
    return unquote(service), database


def _tls(given: dict[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {name: given[name] for name in _TLS_OPTIONS if name in given}
    check = given.get("ssl_check_hostname", "true")
    if check not in ("true", "false"):
        raise ValueError("expected ssl_check_hostname=true or false")
    return options | {"ssl": True, "ssl_check_hostname": check == "true"}


def _account(user: str, password: str) -> dict[str, str]:
    return {name: value for name, value in (("username", user), ("password", password)) if value}
