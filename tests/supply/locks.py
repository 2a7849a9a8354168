"""The locks under requirements/: what is installed, and that nothing else can be."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "requirements"
# What the image installs: requirements of the product, and the vocabularies it reads as files.
IMAGE = ("run", "vocabulary")
WIDGET = REPOSITORY / "tests" / "e2e" / "widget" / "package-lock.json"

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# Where the image runs.
_LINUX = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.11.9",
    "python_version": "3.11",
    "sys_platform": "linux",
}


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock, the digests its files may have, and what needs it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    marker: Marker | None = None
    needed_by: tuple[str, ...] = ()

    @property
    def in_image(self) -> bool:
        """Whether it is installed where the image runs."""
        return self.marker is None or self.marker.evaluate(_LINUX)


def read(text: str) -> tuple[list[Locked], list[str]]:
    """Return the packages of a lock, and what is wrong with it: options, addresses, versions and digests left open."""
    packages: list[Locked] = []
    faults: list[str] = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if comment := re.fullmatch(r"\s*#\s*(?:via\s*)?(.*)", line):
            if comment[1] and packages:
                packages[-1] = replace(packages[-1], needed_by=(*packages[-1].needed_by, comment[1]))
            continue
        if not line.strip():
            continue
        named, *options = re.split(r"\s+(?=--)", line.strip())
        hashes = tuple(found[1] for option in options if (found := _HASH.fullmatch(option.strip())))
        try:
            requirement = Requirement(named)
        except InvalidRequirement:
            faults.append(f"{named}: expected NAME==VERSION with hashes, no option and no address")
            continue
        versions = list(requirement.specifier)
        if requirement.url or len(versions) != 1 or versions[0].operator != "==":
            faults.append(f"{named}: expected one version, as ==VERSION, and no address")
        elif not hashes or len(hashes) != len(options):
            faults.append(f"{named}: expected sha256 hashes, and nothing else behind it")
        else:
            packages.append(Locked(requirement.name, versions[0].version, hashes, requirement.marker))
    return packages, faults


def locked(name: str) -> list[Locked]:
    """Return the packages of requirements/NAME.txt, as far as they are as they should be."""
    return read((FOLDER / f"{name}.txt").read_text())[0]


def faults() -> list[str]:
    """Return what is wrong with the locks of Python and of the widget under test."""
    found = [
        f"{path.relative_to(REPOSITORY)}: {fault}"
        for path in sorted(FOLDER.glob("*.txt"))
        for fault in read(path.read_text())[1]
    ]
    for name, package in json.loads(WIDGET.read_text())["packages"].items():
        if name and ("integrity" not in package or "resolved" in package):
            found.append(f"{WIDGET.relative_to(REPOSITORY)}: {name}: expected its integrity, and no address")
    return found
