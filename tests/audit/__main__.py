"""Ask for known holes in what Craft runs on: `python -m tests.audit PIP_AUDIT`, as `make audit` does.

Exits with 1 when there is one, and with 2 when nobody could be asked: then nothing is known.
"""

import json
import subprocess
import sys
from typing import Any

from tests.licences import FILES

OPTIONS = ["--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json"]


def ask(pip_audit: str) -> list[dict[str, Any]]:
    """What is known of each package: its `vulns`, or the `skip_reason` why nobody knows. May exit."""
    files = [option for file in FILES for option in ("-r", file)]
    done = subprocess.run([pip_audit, *OPTIONS, *files], capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print(f"Nothing is known: no index answers here. {done.stderr.strip().rpartition(chr(10))[2]}")
        sys.exit(2)
    return packages


def main() -> None:
    """Print each hole, with the releases that mend it."""
    packages = ask(sys.argv[1])
    asked = [package for package in packages if "vulns" in package]
    holes = [(package, hole) for package in asked for hole in package["vulns"]]
    for package, hole in holes:
        mended = ", ".join(hole["fix_versions"]) or "none yet"
        print(f"{package['name']} {package['version']}: {hole['id']}, mended in: {mended}")
    if not asked:
        print("Nothing is known: the index that answers here has no list of holes.")
        sys.exit(2)
    print(f"{len(asked)} of {len(packages)} packages asked about, {len(holes)} known holes")
    sys.exit(1 if holes else 0)


if __name__ == "__main__":
    main()
