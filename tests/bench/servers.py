"""The servers that are measured, each in processes of its own on a free port of this machine."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import cpu

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".venv/.bench/bin/python"
NODE_FOLDER = Path(__file__).parent / "peers/node"
PROCESSES, THREADS = 2, 4  # of each server
NEVER = 10**9  # calls: a limit that no measurement reaches
CRAFT_WRITES_AFTER = 3.2  # settings.USAGE_FLUSH_SECONDS, and the writing
START_SECONDS, STOP_SECONDS, IDLE_SECONDS = 60, 20, 10


@dataclass
class Server:
    """A program that serves on `port`; it finds its services in `environ`."""

    name: str
    command: Sequence[str | Path]
    environ: dict[str, str]
    port: int
    folder: Path  # for its log
    probe: str = "/"  # a path that is answered, with whatever status, once it serves
    writes_after: float = 0  # seconds within which what calls have left in its memory is written
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start it and do not wait."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=environ_of(self.environ),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Return once it answers. Raises RuntimeError, with its log, if it does not."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", self.probe)
                connection.getresponse().read()
                return
            except OSError as error:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} does not serve:\n{self.log.read_text()}") from error
                time.sleep(0.1)
            finally:
                connection.close()

    def stop(self) -> None:
        """End it and what it has started."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def tell(self, what: signal.Signals) -> None:
        """Send a signal to the processes that serve."""
        for worker in self.workers:
            os.kill(worker, what)

    def settle(self) -> None:
        """Wait until nothing is under way: a client that ends does not wait for its last answers."""
        time.sleep(self.writes_after)
        deadline, before = time.monotonic() + IDLE_SECONDS, 0.0
        while (spent := self.cpu_seconds) - before > cpu.TICK and time.monotonic() < deadline:
            before = spent
            time.sleep(0.06)

    @property
    def cpu_seconds(self) -> float:
        """CPU time that the processes that serve have taken so far."""
        return sum(map(cpu.seconds, self.workers))

    @property
    def workers(self) -> list[int]:
        """The process ids of the processes that serve: the first one's children."""
        assert self._process is not None
        main = self._process.pid
        return [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]


def environ_of(own: dict[str, str]) -> dict[str, str]:
    """The environment of a process: its own, and nothing of the shell but where programs are."""
    return {"PATH": os.environ["PATH"], **own}


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def craft(
    name: str, folder: Path, environ: dict[str, str], *, has_metrics: bool = False, by: str = "craft.serve"
) -> Server:
    """Craft by its production command, or another module. Limits are counted, and never reached."""
    port = free_port()
    own = {
        **environ,
        "CRAFT_ENV_FILE": "",
        "DJANGO_SETTINGS_MODULE": "craft.settings",
        "SECRET_KEY": "for-the-bench-only-" + "0123456789abcdef" * 4,
        "PORT": str(port),
        "WORKERS": str(PROCESSES),
        "THREADS": str(THREADS),
        "STORAGE_URL": (folder / "files").as_uri(),
        "EMAIL_URL": f"filemail:///{folder / 'mails'}",
        "STORAGE_BYTES": "free=-",
        "RATE_LIMITS": f"free={NEVER}/{NEVER}/{NEVER},address={NEVER},oauth={NEVER},post_projects={NEVER},"
        f"post_files={NEVER}",
        "METRICS_PORT": str(free_port()) if has_metrics else "0",
    }
    command = [sys.executable, "-m", by]
    return Server(name, command, own, port, folder, probe="/healthz", writes_after=CRAFT_WRITES_AFTER)


def wsgi(name: str, folder: Path, environ: dict[str, str], application: str, python: str | Path) -> Server:
    """A WSGI application by the server that Craft has, with as many processes and threads."""
    port = free_port()
    command: list[str | Path] = [python, "-m", "granian", application, "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--http", "1", "--no-ws", "--log-level", "error"]
    command += ["--workers", str(PROCESSES), "--blocking-threads", str(THREADS)]
    return Server(name, command, environ, port, folder)


def django(name: str, folder: Path, environ: dict[str, str], module: str = "wsgi") -> Server:
    """The peers that are Django apps; `module` has the application."""
    application = f"tests.bench.peers.django.{module}:application"
    return wsgi(name, folder, environ, application, PEERS_PYTHON)


def fastapi(folder: Path, environ: dict[str, str]) -> Server:
    """The peer on asyncio. It has a process a core, and no threads."""
    port = free_port()
    command: list[str | Path] = [PEERS_PYTHON, "-m", "uvicorn", "tests.bench.peers.fastapi_app:app"]
    command += ["--port", str(port), "--workers", str(PROCESSES), "--loop", "uvloop", "--http", "httptools"]
    command += ["--no-access-log", "--log-level", "error"]
    return Server("fastapi", command, environ, port, folder)


def node(name: str, folder: Path, environ: dict[str, str], script: str) -> Server:
    """A peer on node, with a process a core."""
    port = free_port()
    own = {**environ, "PORT": str(port), "PROCESSES": str(PROCESSES), "NODE_ENV": "production"}
    return Server(name, ["node", NODE_FOLDER / script], own, port, folder)
