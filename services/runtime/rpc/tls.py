"""TLS between services: certificate, key and authority are PEM files, read again when they are renewed."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import grpc
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates

from services.runtime import logs
from services.runtime.metrics import CERTIFICATE_EXPIRES
from services.runtime.settings import PREFIX, Settings, Unusable

T = TypeVar("T")

_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Pems:
    """What the files hold: the chain with its key, the authorities, or both; empty where there is none."""

    certificate: bytes
    key: bytes
    authorities: bytes


class Tls:
    """What a service shows to the other side of a connection, and what it demands of it.

    With a certificate, servers and clients show it. With authorities, servers refuse clients that show no certificate
    of theirs, and clients refuse servers that do not, or whose name is another than that of the target; without them,
    servers ask nothing and clients trust the authorities that gRPC comes with. TLS 1.2 is the least.

    Renewed files are for connections made from then on. As long as they cannot be used, the ones before are. Raises
    `Unusable` at first.
    """

    def __init__(self, settings: Settings) -> None:
        self._log = logs.get("tls")
        self._settings = settings
        self._stamps = _stamps(settings)
        self._pems = _read(settings)
        self._generation = 0
        self._looked = time.monotonic()
        self._lock = threading.Lock()  # gRPC asks from threads of its own

    def server(self) -> grpc.ServerCredentials:
        """Return the credentials of a server. Raises `Unusable` without a certificate."""
        if not self._pems.certificate:
            raise Unusable("tls_certificate", "expected of a server with TLS")
        return grpc.dynamic_ssl_server_credentials(
            self._server_configuration(),
            self._renewed(),  # type: ignore[arg-type] # None is for no change
            require_client_authentication=bool(self._pems.authorities),
        )

    def client(self) -> grpc.ChannelCredentials:
        """Return the credentials of a channel, good until `generation` changes."""
        pems = self._pems
        return grpc.ssl_channel_credentials(pems.authorities or None, pems.key or None, pems.certificate or None)

    def generation(self) -> int:
        """Return how often the files were renewed. Looks at them once a second at most."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked >= _LOOK_SECONDS:
                self._looked = now
                self._look()
            return self._generation

    def _look(self) -> None:
        stamps = _stamps(self._settings)
        if stamps == self._stamps:
            return
        self._stamps = stamps
        try:
            self._pems = _read(self._settings)
        except Unusable as error:
            self._log.warning("renewed certificates cannot be used", error=str(error))
            return
        self._generation += 1

    def _renewed(self) -> Callable[[], grpc.ServerCertificateConfiguration | None]:
        """Return what a server asks at each new connection: its new configuration, None for the one it has."""
        used = self._generation

        def renewed() -> grpc.ServerCertificateConfiguration | None:
            nonlocal used
            generation = self.generation()
            if generation == used:
                return None
            used = generation
            return self._server_configuration()

        return renewed

    def _server_configuration(self) -> grpc.ServerCertificateConfiguration:
        pems = self._pems
        return grpc.ssl_server_certificate_configuration([(pems.key, pems.certificate)], pems.authorities or None)


def tls_of(settings: Settings) -> Tls | None:
    """Return the TLS of a service, None when its settings name no files. Raises `Unusable` for ones it cannot use."""
    return Tls(settings) if settings.tls_certificate or settings.tls_key or settings.tls_ca else None


def _read(settings: Settings) -> _Pems:
    certificate = _content("tls_certificate", settings.tls_certificate)
    key = _content("tls_key", settings.tls_key)
    authorities = _content("tls_ca", settings.tls_ca)
    if certificate or key:
        if not certificate or not key:
            missing, given = ("tls_key", "tls_certificate") if certificate else ("tls_certificate", "tls_key")
            raise Unusable(missing, f"expected with {PREFIX}{given.upper()}")
        shown = _parsed("tls_certificate", "a certificate", lambda: load_pem_x509_certificates(certificate)[0])
        private = _parsed("tls_key", "a private key without a password", lambda: load_pem_private_key(key, None))
        if shown.public_key() != private.public_key():
            raise Unusable("tls_key", f"{settings.tls_key} is not the key of {settings.tls_certificate}")
        CERTIFICATE_EXPIRES.labels("own").set(shown.not_valid_after_utc.timestamp())
    if authorities:
        trusted = _parsed("tls_ca", "certificates", lambda: load_pem_x509_certificates(authorities))
        CERTIFICATE_EXPIRES.labels("authorities").set(max(one.not_valid_after_utc.timestamp() for one in trusted))
    return _Pems(certificate, key, authorities)


def _content(setting: str, path: Path | None) -> bytes:
    try:
        return path.read_bytes() if path else b""
    except OSError as error:
        raise Unusable(setting, f"{path} cannot be read: {error.strerror}") from error


def _parsed(setting: str, expected: str, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unusable(setting, f"expected {expected} in PEM") from error


def _stamps(settings: Settings) -> list[tuple[int, int, int]]:
    """Return what changes with the files. Mounted secrets are swapped by a link: behind it is another file then."""
    stamps = []
    for path in (settings.tls_certificate, settings.tls_key, settings.tls_ca):
        if path:
            with suppress(OSError):
                stat = path.stat()
                stamps.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return stamps
