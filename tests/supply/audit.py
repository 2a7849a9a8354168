"""`make audit`: are there advisories about what is locked? Asked of the service that pip-audit uses.

Where that service does not answer nothing is known, and that is said: `make audit` fails, `make check` goes on.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.supply.locks import FOLDER, IMAGE, Locked, locked

_NOT_AUDITED = "NOT AUDITED: no advisory service answers here. Run `make audit` where one does, before a release."


def main(arguments: Sequence[str]) -> None:
    """Print the advisories and end with 1 if there are any. The arguments are pip-audit's, such as --osv-url.

    With --where-possible only what the image installs is asked about, and nothing is wrong where nobody answers.
    """
    tolerant = "--where-possible" in arguments
    options = [argument for argument in arguments if argument != "--where-possible"]
    names = IMAGE if tolerant else sorted(path.stem for path in FOLDER.glob("*.txt"))
    packages = list({(one.name, one.version): one for name in names for one in locked(name)}.values())
    # One first: who knows nothing of it need not be asked about all.
    if not known(ask(packages[:1], options)):
        print(_NOT_AUDITED, file=sys.stderr)
        raise SystemExit(0 if tolerant else 1)
    answers = ask(packages, options)
    if faults := findings(answers, packages):
        raise SystemExit("\n".join(faults))
    print(f"{len(packages)} packages, no advisories.")


def ask(packages: Iterable[Locked], options: Sequence[str]) -> list[dict[str, Any]]:
    """Return what pip-audit says of each package; nothing when it got no answer."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(
            f"{one.name}=={one.version} {' '.join(f'--hash=sha256:{digest}' for digest in one.hashes)}\n"
            for one in packages
        )
        file.flush()
        command = (str(Path(sys.executable).with_name("pip-audit")), "--require-hashes", "--disable-pip")
        settings = ("--format=json", "--progress-spinner=off", "--timeout=5", "--requirement", file.name)
        ended = subprocess.run([*command, *settings, *options], check=False, capture_output=True, text=True)
    answers: list[dict[str, Any]] = json.loads(ended.stdout)["dependencies"] if ended.stdout else []
    return answers


def known(answers: Iterable[dict[str, Any]]) -> bool:
    """Tell whether the service knows any of the packages."""
    return any("vulns" in answer for answer in answers)


def findings(answers: Iterable[dict[str, Any]], packages: Iterable[Locked]) -> list[str]:
    """Return a line for each advisory, and for each package that nothing was said of."""
    told = {answer["name"]: answer["vulns"] for answer in answers if "vulns" in answer}
    found = [f"{package.name} {package.version}: not audited" for package in packages if package.name not in told]
    for name, advisories in told.items():
        for advisory in advisories:
            mended = ", ".join(advisory["fix_versions"]) or "no version"
            found.append(f"{name}: {advisory['id']}, mended in {mended}")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
