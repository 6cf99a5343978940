"""Write the hashes of what is pinned: `python -m tests.lock FILE…`, as `make lock` does. Takes uv.

A pin and the comment above it are written by hand. Below each pin come the hashes of all its files in the
index, for every platform; pip and uv then install nothing else.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

UV = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes"]
UV += ["--no-deps", "--no-annotate", "--no-header", "-"]
PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[a-z,-]+\])?==\S+")


def canonical(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def without_hashes(text: str) -> list[str]:
    """The lines that are written by hand."""
    return [line.removesuffix(" \\") for line in text.splitlines() if not line.startswith("    --hash=")]


def hashes(pins: list[str]) -> dict[str, list[str]]:
    """The hash options of each package, by its canonical name, as uv finds them in the index."""
    done = subprocess.run(UV, input="\n".join(pins), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        if pin := PIN.match(line):
            options = found[canonical(pin[1])] = []
        else:
            options.append(line.strip(" \\"))
    return found


def lock(text: str) -> Iterator[str]:
    """The lines of the file, with hashes as they are now."""
    lines = without_hashes(text)
    found = hashes([line for line in lines if PIN.match(line)])
    for line in lines:
        options = found[canonical(pin[1])] if (pin := PIN.match(line)) else []
        yield " \\\n    ".join([line, *options])


def main() -> None:
    """Rewrite each file in its place."""
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text("\n".join(lock(path.read_text())) + "\n")


if __name__ == "__main__":
    main()
