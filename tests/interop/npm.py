"""Runs the scripts of tests/interop/node. They ask for the person by a line of JSON and end with another."""

import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "node"
OLDEST = 20
TIMEOUT_SECONDS = 60

Answer = Callable[[str, str], str]
Run = Callable[[str, dict[str, Any], Answer], dict[str, Any]]


def what_is_missing() -> str:
    """Why the scripts cannot run here; "" when they can."""
    if not shutil.which("node"):
        return f"Node is not installed: the npm clients need Node {OLDEST}"
    version = subprocess.check_output(["node", "--version"], text=True).strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        return f"Node is {version}: the npm clients need Node {OLDEST}"
    if not (FOLDER / "node_modules").is_dir():
        return f"the npm clients are not installed: run `npm ci` in {FOLDER.relative_to(Path.cwd())}"
    return ""


def run(script: str, task: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """Run a script with a task; `answer(url, yes_or_no)` is the person. Returns what the script reports."""
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            ["node", FOLDER / script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        patience = threading.Timer(TIMEOUT_SECONDS, process.kill)
        patience.start()
        try:
            print(json.dumps(task), file=process.stdin, flush=True)
            for line in process.stdout:
                said = json.loads(line)
                if "report" in said:
                    report: dict[str, Any] = said["report"]
                    return report
                print(json.dumps(answer(said["url"], said["answer"])), file=process.stdin, flush=True)
        finally:
            patience.cancel()
            process.kill()
        complaints.seek(0)
        raise AssertionError(f"{script} ended early:\n{complaints.read()}")
