"""Runs examples of the documentation as they are printed: in a shell, in Node, in Python, with both SDKs."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from craft.docs.languages import CURL, JAVASCRIPT, JAVASCRIPT_SDK, PYTHON, PYTHON_SDK
from tests.sdk.node import FOLDER

MADE = re.compile(r"^const (?:(\w+)|\{ ([\w, ]+) \}) =", re.MULTILINE)
# Writes each example into a module of its own and imports it; what it made comes back as JSON.
DRIVER = """
import { createInterface } from "node:readline";
import { writeFile } from "node:fs/promises";
let number = 0;
const say = console.log;
console.log = () => {}; // an example's own words are no answer
for await (const line of createInterface({ input: process.stdin })) {
  const { code, names, environment, given } = JSON.parse(line);
  Object.assign(process.env, environment);
  Object.assign(globalThis, given);
  if (given.query) globalThis.searchParams = new URLSearchParams(given.query);
  const file = `${process.cwd()}/example-${number += 1}.mjs`;
  await writeFile(file, `${code}\\nexport { ${names.join(", ")} };`);
  try {
    const made = { ...(await import(file)) };
    const said = made.response ? { status: made.response.status } : {};
    for (const name of names) if (made[name]?.json) delete made[name];
    say(JSON.stringify({ ...made, ...said }));
  } catch (error) {
    say(JSON.stringify({ error: String(error?.stack ?? error) }));
  }
}
"""


class Node:
    """One process for all examples in JavaScript."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        packages = folder / "node_modules" / "@craft"
        packages.mkdir(parents=True)
        (packages / "sdk").symlink_to(FOLDER)
        (folder / "driver.mjs").write_text(DRIVER)
        self.process = subprocess.Popen(
            ["node", "driver.mjs"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, code: str, environment: dict[str, str], given: dict[str, Any]) -> dict[str, Any]:
        """What an example made, by name. `given` are the variables that it finds."""
        names = [name for pair in MADE.findall(code) for name in re.findall(r"\w+", " ".join(pair))]
        task = {"code": code, "names": names, "environment": environment, "given": given}
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(task), file=self.process.stdin, flush=True)
        made: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "error" not in made, f"{code}\n{made['error']}"
        return made


@contextmanager
def node(folder: Path) -> Iterator[Node]:
    """Node, until the end of the block."""
    running = Node(folder)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def run(title: str, code: str, environment: dict[str, str], running: Node, **given: Any) -> dict[str, Any]:
    """What an example made: `data` or whatever it calls it; of curl the answer as JSON. It must not fail."""
    if title in (JAVASCRIPT, JAVASCRIPT_SDK):
        return running.run(code, environment, given)
    if title in (PYTHON, PYTHON_SDK):
        made: dict[str, Any] = {**given}
        os.environ.update(environment)
        exec(compile(code, title, "exec"), made)  # noqa: S102  our own example
        return made
    assert title == CURL, title
    done = subprocess.run(
        ["bash", "-ec", code],
        env={"PATH": os.environ["PATH"], "NO_PROXY": "*", **environment, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"{code}\n{done.stderr}"
    answer: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    return answer
