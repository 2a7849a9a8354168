import json
from typing import Any

import pytest

from tests.supply import licences, locks, sbom
from tests.supply.audit import findings, known

DIGEST = "0" * 64
LOCK = f"""one==1.0 \\
    --hash=sha256:{DIGEST} \\
    --hash=sha256:{DIGEST}
    # via two
two==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:{DIGEST}
    # via
    #   codingahead (pyproject.toml)
    #   three
"""


def test_a_lock_says_what_is_installed_where_and_for_whom() -> None:
    packages, faults = locks.read(LOCK)

    assert faults == []
    assert [(one.name, one.version, len(one.hashes), one.in_image, one.needed_by) for one in packages] == [
        ("one", "1.0", 2, True, ("two",)),
        ("two", "2.0", 1, False, ("codingahead (pyproject.toml)", "three")),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "one==1.0",
        f"one>=1.0 --hash=sha256:{DIGEST}",
        f"one --hash=sha256:{DIGEST}",
        "one==1.0 --hash=md5:00",
        f"one @ https://files.example/one.whl --hash=sha256:{DIGEST}",
        "--index-url https://index.example/simple",
        "--find-links https://files.example",
        "-e .",
        "https://files.example/one.whl",
    ],
)
def test_what_a_lock_leaves_open_is_a_fault(line: str) -> None:
    packages, faults = locks.read(f"{line}\n")

    assert packages == []
    assert len(faults) == 1


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0 OR BSD-2-Clause", "MPL-2.0 AND (Apache-2.0 OR MIT)"])
def test_permissive_licences_go_with_the_product(licence: str) -> None:
    assert licences.is_compatible(licence)


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "Other/Proprietary License", "none"])
def test_any_other_licence_is_a_fault(licence: str) -> None:
    assert not licences.is_compatible(licence)


def test_the_bill_of_materials_is_the_same_each_time_and_names_what_the_image_installs() -> None:
    bill = sbom.make()

    assert bill == sbom.make()
    parts = {part["name"]: part for part in json.loads(bill)["components"]}
    assert parts.keys() == {one.name for name in locks.IMAGE for one in locks.locked(name) if one.in_image}
    assert all(part["licenses"] and part["externalReferences"][0]["hashes"] for part in parts.values())


def test_an_advisory_and_a_package_that_nobody_knows_are_findings() -> None:
    packages, _ = locks.read(LOCK)
    answers: list[dict[str, Any]] = [
        {"name": "one", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]},
        {"name": "two", "skip_reason": "not found"},
    ]

    assert known(answers)
    assert not known(answers[1:])
    assert findings(answers, packages) == ["two 2.0: not audited", "one: PYSEC-1, mended in 1.1"]
