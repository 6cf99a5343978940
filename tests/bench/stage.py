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

from tests.bench import cases, servers
from tests.bench.cases import Case
from tests.bench.servers import Server, environ_of
from tests.bench.services import Services, services

PEOPLE = 20
HAS_NODE = bool(shutil.which("node")) and (servers.NODE_FOLDER / "node_modules").is_dir()


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, and what can be asked of it."""

    servers: dict[str, Server]
    services: Services
    base: Case
    cases: list[Case]


@contextmanager
def stage(say: Callable[[str], None]) -> Iterator[Stage]:
    """Fill databases, start every server, wait until each answers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="craft-bench-")))
        running = stack.enter_context(services())
        made: dict[str, Server] = {}

        def add(server: Server) -> Server:
            made[server.name] = server
            return server

        say("filling databases")
        environ = running.environ("bench")
        of_craft = seed_craft(add(servers.craft("craft", folder, environ)), folder, 1000)
        environ = running.environ("peers")
        of_peers = run([servers.PEERS_PYTHON, "-m", "tests.bench.peers.django.seed", str(PEOPLE)], environ)
        add(servers.django(folder, environ))
        add(servers.fastapi(folder, environ))
        all_cases = [*cases.craft_cases(of_craft), *cases.peer_cases(of_peers)]
        if HAS_NODE:
            add(servers.node("node", folder, environ, "keys.mjs"))
            environ = running.environ("better_auth")
            keys = run(["node", servers.NODE_FOLDER / "better-auth.mjs", "seed", str(PEOPLE)], environ)
            add(servers.node("better-auth", folder, environ, "better-auth.mjs"))
            limited = {**environ, "LIMIT": "on"}
            add(servers.node("better-auth-limited", folder, limited, "better-auth.mjs"))
            all_cases += cases.better_auth_cases(keys)
        else:
            say("Node or its packages are missing: without node and better-auth")
            all_cases = [case for case in all_cases if case.server != "node"]
        for server in made.values():
            server.start()
            stack.callback(server.stop)
        for server in made.values():
            server.wait()
        yield Stage(made, running, cases.base_case(of_peers), all_cases)


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
