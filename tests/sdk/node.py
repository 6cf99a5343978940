"""Runs Node and npm for the JavaScript SDK, where this machine can."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.e2e.server import ROOT
from tests.sdk.server import PASSWORD, Craft

FOLDER = ROOT / "sdk" / "javascript"
OLDEST = 20
TIMEOUT_SECONDS = 900  # a busy machine, and one test that waits for a minute to pass


def what_is_missing() -> str:
    """Why the JavaScript SDK cannot be tested here; "" when it can."""
    if not shutil.which("node") or not shutil.which("npm"):
        return f"the JavaScript SDK was not tested: that takes Node {OLDEST} or newer, and npm"
    version = subprocess.check_output(["node", "--version"], text=True).strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        return f"the JavaScript SDK was not tested: Node is {version}, it takes {OLDEST} or newer"
    if not (FOLDER / "dist" / "index.js").is_file():
        return "the JavaScript SDK was not tested: it is not built, run `make sdk/javascript/dist/index.js`"
    return ""


def environment(craft: Craft) -> dict[str, str]:
    """What the tests in JavaScript find the server by."""
    given = {
        "url": craft.url,
        "password": PASSWORD,
        "shell": craft.shell.path,
        "storage": craft.environ["STORAGE_URL"].removeprefix("file://"),
    }
    return os.environ | {"CRAFT_TEST": json.dumps(given)}


def run(*command: str | Path, cwd: Path = FOLDER, env: dict[str, str] | None = None) -> str:
    """What a command prints; an AssertionError with all it said when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_SECONDS,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout
