"""A certificate authority made for a test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Files:
    """PEM files of one service."""

    certificate: Path
    key: Path
    authority: Path

    @property
    def env(self) -> dict[str, str]:
        """The settings that name them."""
        return {
            "CODINGAHEAD_TLS_CERTIFICATE": str(self.certificate),
            "CODINGAHEAD_TLS_KEY": str(self.key),
            "CODINGAHEAD_TLS_CA": str(self.authority),
        }


class Authority:
    """Issues certificates into `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, folder.name)])
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        self.certificate = _write(
            folder / "ca.pem",
            _pem(_builder(self._name, self._key).add_extension(constraints, critical=True), self._name, self._key),
        )

    def issue(self, *names: str) -> Files:
        """Write the certificate of a service for its host names and addresses, over the one before."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]), key)
        builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), False)
        file = self._folder / names[0]
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return Files(
            _write(file.with_suffix(".pem"), _pem(builder, self._name, self._key)),
            _write(file.with_suffix(".key"), private),
            self.certificate,
        )


def _builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _pem(builder: x509.CertificateBuilder, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> bytes:
    return builder.issuer_name(issuer).sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> Path:
    # As mounted secrets are renewed: another file takes the name.
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    return new.replace(path)
