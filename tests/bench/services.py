"""PostgreSQL and Valkey for a measurement, and how much a server asks of them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from tests.bench import cpu
from tests.services import NAME, postgresql, valkey

# As for tests; but that what a statement takes is planned, counted and tidied up as in production.
OPTIONS = ["-c", "shared_preload_libraries=pg_stat_statements", "-c", "autovacuum=on"]
OPTIONS += ["-c", "shared_buffers=1GB", "-c", "maintenance_work_mem=256MB", "-c", "max_wal_size=16GB"]
OPTIONS += ["-c", "max_connections=200"]
OF_THE_SERVER = "SELECT $% FROM ONLY %"  # how it checks references by itself


@dataclass(frozen=True, slots=True)
class Counts:
    """SQL statements and Valkey commands, those of its scripts among them."""

    statements: float
    commands: float


class Services:
    """Both servers, each with databases for Craft and for the peers."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self._folder, self._redis_url = folder, redis_url
        self._redis = redis.Redis.from_url(redis_url)
        self._admin = psycopg.connect(host=str(folder), user=NAME, dbname="postgres", autocommit=True)
        self._admin.execute("CREATE EXTENSION pg_stat_statements")
        self._track("none")
        self._databases = 0
        self._pids = (
            int((folder / "data/postmaster.pid").read_text().split()[0]),
            int(self._redis.info("server")["process_id"]),
        )

    @property
    def cpu_seconds(self) -> float:
        """CPU time that both have taken so far."""
        return sum(map(cpu.seconds_of_all, self._pids))

    @property
    def scripts(self) -> int:
        """How many scripts Valkey has run so far: Craft asks for one a call."""
        found: int = self._redis.info("commandstats")["cmdstat_evalsha"]["calls"]
        return found

    def environ(self, name: str) -> dict[str, str]:
        """Where a new database is found, and one of Valkey."""
        self._admin.execute(f"CREATE DATABASE {name}")
        self._databases += 1
        return {
            "DATABASE_URL": f"postgres://{NAME}@/{self._folder}/{name}",
            "REDIS_URL": f"{self._redis_url}?db={self._databases}",
        }

    @contextmanager
    def counting(self) -> Iterator[list[Counts]]:
        """Count what is asked of both while the block runs; the list has it afterwards."""
        counted: list[Counts] = []
        self._track("top")
        self._admin.execute("SELECT pg_stat_statements_reset()")
        self._redis.config_resetstat()
        yield counted
        (statements,) = self._admin.execute(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
            " WHERE d.datname <> 'postgres' AND s.query NOT LIKE %s",
            [OF_THE_SERVER],
        ).fetchone() or (0,)
        stats = self._redis.info("commandstats")
        own = {
            "cmdstat_info",
            "cmdstat_config|resetstat",
            "cmdstat_select",
            "cmdstat_hello",
            "cmdstat_client|setinfo",
        }
        commands = sum(each["calls"] for name, each in stats.items() if name not in own)
        counted.append(Counts(float(statements), float(commands)))
        self._track("none")

    def _track(self, which: str) -> None:
        self._admin.execute(f"ALTER SYSTEM SET pg_stat_statements.track = '{which}'")
        self._admin.execute("SELECT pg_reload_conf()")


@contextmanager
def services() -> Iterator[Services]:
    """Both, gone when the block ends."""
    with (
        tempfile.TemporaryDirectory(prefix="craft-") as database,
        tempfile.TemporaryDirectory(prefix="craft-") as cache,
        postgresql(Path(database), *OPTIONS),
        valkey(Path(cache)) as redis_url,
    ):
        yield Services(Path(database), redis_url)
