"""Databases that are filled and servers that run: all that a measurement needs, gone when it ends."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import cases, memory, servers
from tests.bench.cases import Case
from tests.bench.other_cases import other_cases, rows_cases, stock_cases
from tests.bench.servers import Server, environ_of
from tests.bench.services import Services, services

PEOPLE = 20
FEW = 1000  # rows
HAS_NODE = bool(shutil.which("node")) and (servers.NODE_FOLDER / "node_modules").is_dir()


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, and what can be asked of it."""

    servers: dict[str, Server]
    services: Services
    base: Case
    cases: list[Case]


class _Setting:
    """A stage that is being set."""

    def __init__(self, folder: Path, running: Services, rows: int) -> None:
        self.folder, self.running, self.rows = folder, running, rows
        self.servers: dict[str, Server] = {}
        self.cases: list[Case] = []

    def add(self, server: Server) -> Server:
        self.servers[server.name] = server
        return server

    def add_craft(self) -> None:
        """As shipped; one whose recording and metrics are switched; one with many rows."""
        server = self.add(servers.craft("craft", self.folder, self.running.environ("bench")))
        given = seed_craft(server, self.folder, FEW)
        self.cases += [*cases.craft_cases(given), *other_cases(given)]
        module = "tests.bench.switched_server"
        self.add(servers.craft("switched", self.folder, server.environ, has_metrics=True, by=module))
        if self.rows:
            many = self.add(servers.craft("craft-many", self.folder, self.running.environ("bench_many")))
            self.cases += rows_cases(given, seed_craft(many, self.folder, self.rows))

    def add_django(self) -> Case:
        """Django's peers, FastAPI, and node with the same tables; the base."""
        environ = self.running.environ("peers")
        given = run([servers.PEERS_PYTHON, "-m", "tests.bench.peers.django.seed", str(PEOPLE)], environ)
        self.cases += [*cases.peer_cases(given), *stock_cases(given)]
        self.add(servers.django("django", self.folder, environ))
        stock = {**environ, "DJANGO_SETTINGS_MODULE": "tests.bench.peers.django.startproject"}
        self.add(servers.django("startproject", self.folder, stock))
        self.add(servers.fastapi(self.folder, environ))
        self.add(servers.node("node", self.folder, environ, "keys.mjs"))
        file = self.folder / "libraries.json"
        file.write_text(json.dumps(memory.libraries(self.servers["craft"])))
        environ = {**environ, "LIBRARIES": str(file)}
        self.add(servers.django("libraries", self.folder, environ, "same_libraries"))
        return cases.base_case(given)

    def add_better_auth(self) -> None:
        """Two, for its limiter is on or off for all of one."""
        environ = self.running.environ("better_auth")
        keys = run(["node", servers.NODE_FOLDER / "better-auth.mjs", "seed", str(PEOPLE)], environ)
        self.cases += cases.better_auth_cases(keys)
        self.add(servers.node("better-auth", self.folder, environ, "better-auth.mjs"))
        limited = {**environ, "LIMIT": "on"}
        self.add(servers.node("better-auth-limited", self.folder, limited, "better-auth.mjs"))


@contextmanager
def stage(rows: int, say: Callable[[str], None]) -> Iterator[Stage]:
    """Fill databases, start every server, wait until each answers; `rows`: of the Craft with many."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="craft-bench-")))
        setting = _Setting(folder, stack.enter_context(services()), rows)
        say("filling databases")
        setting.add_craft()
        base = setting.add_django()
        if HAS_NODE:
            setting.add_better_auth()
        else:
            say("Node or its packages are missing: without node and better-auth")
            del setting.servers["node"]
        for server in setting.servers.values():
            server.start()
            stack.callback(server.stop)
        for server in setting.servers.values():
            server.wait()
        made = [case for case in setting.cases if case.server in setting.servers]
        yield Stage(setting.servers, setting.running, base, made)


def seed_craft(server: Server, folder: Path, rows: int) -> Any:
    """Migrate and fill a database of Craft; what opens it."""
    file = folder / f"{server.name}.json"
    run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], server.environ)
    run([sys.executable, "-m", "tests.bench.seed", file, str(rows)], server.environ)
    return json.loads(file.read_text())


def run(command: Sequence[str | Path], environ: dict[str, str]) -> Any:
    """Run a program to its end; what it prints, read as JSON, if anything."""
    done = subprocess.run(
        command, env=environ_of(environ), cwd=servers.ROOT, check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout or b"null")
