"""Two Valkeys at ports of this machine, one of which follows the other."""

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis

from tests.services import valkey

HOST, SYNC_SECONDS = "127.0.0.1", 20
AT_ONCE = ("--repl-diskless-sync-delay", "0")  # no wait for a second replica


@contextmanager
def valkey_pair() -> Iterator[tuple[redis.Redis, redis.Redis]]:
    """The primary and its replica, which has all that the primary has."""
    with ExitStack() as stack:
        clients = []
        for _ in range(2):
            with socket.create_server((HOST, 0)) as free:
                port = free.getsockname()[1]
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="craft-")))
            stack.enter_context(valkey(folder, "--port", str(port), "--bind", HOST, *AT_ONCE))
            clients.append(stack.enter_context(redis.Redis(HOST, port)))
        primary, replica = clients
        follow(replica, primary)
        deadline = time.monotonic() + SYNC_SECONDS
        while replica.info("replication").get("master_link_status") != "up":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield primary, replica


def port_of(client: redis.Redis) -> int:
    """Where it listens."""
    return int(client.connection_pool.connection_kwargs["port"])


def follow(replica: redis.Redis, primary: redis.Redis) -> None:
    """Let it follow that one."""
    replica.replicaof(HOST, str(port_of(primary)))


def promote(replica: redis.Redis) -> None:
    """Let it follow nobody."""
    replica.replicaof("NO", "ONE")
