"""A streaming standby of a test's PostgreSQL, which can be promoted."""

import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import services
from tests.craft.postgresql import ROLE, Cluster

# What its primary is to be started with: WAL that another server can follow.
PRIMARY = ("-c", "wal_level=replica", "-c", "max_wal_senders=5", "-c", "synchronous_commit=on")
FOLLOW_SECONDS = 30


class Standby:
    """A running server that follows a primary, at an address of its own."""

    def __init__(self, folder: Path, host: str) -> None:
        self.folder, self.host = folder, host

    def run(self, statement: str) -> object:
        """The one value that a statement gives, as the owner."""
        with psycopg.connect(host=str(self.folder), user=services.NAME, autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
            return row and row[0]

    def promote(self) -> None:
        """Let it be the primary; return once it takes writes."""
        assert self.run("SELECT pg_promote(true, 60)")


@contextmanager
def standby_of(primary: Cluster) -> Iterator[Standby]:
    """A new one that has all that the primary has; gone on leaving."""
    host = ".".join(["127", *(str(secrets.randbelow(254) + 1) for _ in range(3))])
    with tempfile.TemporaryDirectory(prefix="craft-") as name:
        folder = Path(name)
        services.hand_over(folder)
        installed = primary.folder / "postgresql/bin"  # a copy that the services' user can read
        copy: list[str | Path] = [installed / "pg_basebackup", "--host", primary.folder, "--checkpoint=fast"]
        copy += ["--username", services.NAME, "--pgdata", folder / "data", "--write-recovery-conf"]
        log = folder / "postgresql.log"
        if services.start(copy, log).wait():
            raise services.ServiceError(log.read_text())
        command: list[str | Path] = [
            installed / "postgres",
            "-D",
            folder / "data",
            "-k",
            folder,
            *services.POSTGRES,
            *PRIMARY,
        ]
        standby = Standby(folder, host)
        command += ["-c", f"listen_addresses={host}", "-c", "hot_standby=on"]
        with services.running(command, log, lambda: standby.run("SELECT 1")):
            yield standby


def follow(primary: Cluster, *, synchronously: bool) -> None:
    """Wait until the standby streams, and let each commit wait for it or not."""
    wanted = "*" if synchronously else ""
    primary.run(f"ALTER SYSTEM SET synchronous_standby_names = '{wanted}'", "SELECT pg_reload_conf()")
    deadline = time.monotonic() + FOLLOW_SECONDS
    with psycopg.connect(host=str(primary.folder), user=services.NAME, autocommit=True) as connection:
        while True:
            found = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall()
            if found == [("sync" if synchronously else "async",)]:
                return
            assert time.monotonic() < deadline, found
            time.sleep(0.1)


def url_of(*hosts: str) -> str:
    """DATABASE_URL for whichever of these servers takes writes."""
    return f"postgres://{ROLE}@{','.join(hosts)}/{services.NAME}"
