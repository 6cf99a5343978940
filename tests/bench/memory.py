"""How much memory a worker has resident once it has answered calls."""

import json
import re
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.bench.cases import Case
from tests.bench.load import run
from tests.bench.servers import ROOT, Server, environ_of

SECONDS = 3  # of calls before
OURS = ("accounts", "api", "apikeys", "craft")
# In a process of Craft's environment: every module of a library that a worker has loaded.
LIST = """
import json, sys
import craft.wsgi
ours = set(sys.argv[1].split(","))
libraries = [
    name for name in sys.modules
    if name.partition(".")[0] not in sys.stdlib_module_names and name.partition(".")[0] not in ours
]
print(json.dumps(libraries))
"""


def libraries(craft: Server) -> list[str]:
    """The modules that Craft loads and that are not its own, nor Python's."""
    command = [sys.executable, "-c", LIST, ",".join(OURS)]
    environ = environ_of(craft.environ)
    done = subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE)
    found: list[str] = json.loads(done.stdout)
    return sorted(name for name in found if name != "__main__")


def measure_memory(servers: Mapping[str, Server], base: Case, case: Case) -> dict[str, float]:
    """By name, what a worker has resident: Craft's, and of bare Django with the same libraries."""
    found = {}
    for name, each, server in (("memory", case, "craft"), ("base-memory", base, "libraries")):
        run(servers[server].port, each.requests, SECONDS)
        found[name] = statistics.mean(map(_resident, servers[server].workers))
    return found


def _resident(pid: int) -> int:
    """Kilobytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]  # a running process has it
