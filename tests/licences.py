"""What Craft runs on, and under which licence: `python -m tests.licences`, as `make licences` does.

Each may be used as it is, installed beside Craft, whatever licence Craft gets one day: permissive ones, and
those that ask for something only of who changes the package (MPL, LGPL). A person judges any other one.
"""

import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("requirements.txt", "deploy/requirements-s3.txt", "deploy/requirements-sentry.txt")
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==", re.MULTILINE)
PERMISSIVE = {"MIT", "MIT-0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0"}
OF_CHANGES_ALONE = {"MPL-2.0", "LGPL-3.0-only", "LGPL-3.0-or-later"}
FINE = PERMISSIVE | OF_CHANGES_ALONE
SAID_OTHERWISE = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "BSD 3-Clause": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def licences_of(package: str) -> set[str]:
    """What a package says of itself, as SPDX has it where it is known. Raises PackageNotFoundError."""
    said = metadata.metadata(package)
    text = next((said[name] for name in ("License-Expression", "License") if name in said), "")
    licences = _named(re.split(r" AND | OR |[()]", text))
    if licences and licences <= FINE:
        return licences
    return _named(
        each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or [] if "License ::" in each
    )


def _named(names: Iterable[str]) -> set[str]:
    return {SAID_OTHERWISE.get(name.strip(), name.strip()) for name in names if name.strip()}


def main() -> None:
    """Print them; exit with 1 when one is not known to be fine."""
    odd = []
    for package in [name for file in FILES for name in PIN.findall((ROOT / file).read_text())]:
        try:
            licences = licences_of(package)
        except metadata.PackageNotFoundError:
            print(f"{package:28}not installed here")
            continue
        print(f"{package:28}{', '.join(sorted(licences)) or 'says nothing'}")
        if not licences or licences - FINE:
            odd.append(package)
    if odd:
        sys.exit(f"A person has to judge: {', '.join(odd)}")


if __name__ == "__main__":
    main()
