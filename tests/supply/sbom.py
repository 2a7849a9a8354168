"""`make sbom`: the Python packages of the image, as CycloneDX. The same locks make the same file."""

import hashlib
import tomllib
import uuid
from importlib.metadata import metadata

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tests.supply.licences import licence_of
from tests.supply.locks import FOLDER, IMAGE, REPOSITORY, Locked, locked

FILE = REPOSITORY / ".cache" / "sbom.cdx.json"

_LICENCES = LicenseFactory()


def make() -> str:
    """Return the bill of materials: each package with its version, digests, licence, and what it needs."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    packages = [package for name in IMAGE for package in locked(name) if package.in_image]
    parts = {package.name: _component(package) for package in packages}
    product = Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        licenses=[_LICENCES.make_from_string(project["license"])],
        bom_ref=project["name"],
    )
    # A number and a time of each run would make each time another file.
    content = hashlib.sha256(b"".join((FOLDER / f"{name}.txt").read_bytes() for name in IMAGE)).hexdigest()
    bom = Bom(components=parts.values(), serial_number=uuid.uuid5(uuid.NAMESPACE_OID, content))
    bom.metadata.timestamp = None  # type: ignore[assignment]
    bom.metadata.component = product
    for package in packages:
        for name in package.needed_by or (product.name,):
            bom.register_dependency(parts.get(name, product), [parts[package.name]])
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _component(package: Locked) -> Component:
    purl = PackageURL("pypi", name=package.name, version=package.version)
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(str(purl)),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in package.hashes],
    )
    return Component(
        name=package.name,
        version=package.version,
        licenses=[_LICENCES.make_from_string(licence_of(metadata(package.name)))],
        purl=purl,
        bom_ref=str(purl),
        external_references=[files],
    )


def main() -> None:
    """Write the file and say where it is."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(make())
    print(FILE)


if __name__ == "__main__":
    main()
