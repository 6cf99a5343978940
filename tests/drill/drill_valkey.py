"""Valkey away, paused, full, while people call and sign in: nobody notices, and limits hold afterwards."""

import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from accounts.utils.circuit_breaker import OPEN_SECONDS
from tests.drill.callers import PASSWORD, Callers
from tests.drill.report import Drill, Row
from tests.e2e.server import Server, on_postgresql, serving
from tests.interop.person import Person
from tests.services import valkey

pytestmark = on_postgresql
FAULT_SECONDS, MOST_SECONDS = 8, 5
LIMIT = 20  # calls a day of the plan pro; all others are counted and have room
LIMITS = f"free=100000/100000/100000,pro=-/-/{LIMIT},address=100000,oauth=100000"


class Valkey:
    """One that may be stopped, paused and filled."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        self.start()
        self.client = redis.Redis.from_url(self.url)
        self._pid = 0

    def start(self) -> None:
        self.url = self._stack.enter_context(valkey(self._folder))

    def stop(self) -> None:
        self._stack.close()

    def pause(self) -> None:
        self._pid = self.client.info()["process_id"]
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    def fill(self) -> None:
        self.client.config_set("maxmemory", "1")
        self.client.config_set("maxmemory-policy", "noeviction")

    def empty(self) -> None:
        self.client.config_set("maxmemory", "0")


@pytest.fixture(scope="module")
def store() -> Iterator[Valkey]:
    with tempfile.TemporaryDirectory(prefix="craft-") as name:
        running = Valkey(Path(name))
        yield running
        running.stop()


@pytest.fixture(scope="module")
def server(store: Valkey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("valkey")
    mails = f"filemail:///{folder}/mails"
    with serving(folder, WORKERS="2", REDIS_URL=store.url, RATE_LIMITS=LIMITS, EMAIL_URL=mails) as running:
        yield running


def endure(row: Row, server: Server, begin: Callable[[], object], end: Callable[[], object]) -> None:
    """Let people call and sign in while the fault begins, lasts and ends; check what came of it."""
    callers = Callers(server, plan="free")
    limited = Callers(server, plan="pro")
    site, sessions = f"http://localhost:{server.port}", []
    Person.known[site, callers.email] = callers.known_browser

    def sign_in() -> int:
        person = Person(site, callers.email, PASSWORD)
        row.watch(person.browser)
        page = person.fill_in(person.open(f"{site}/login/"), login=person.email, password=PASSWORD)
        sessions.append(person.browser)
        return page.status_code

    def probe() -> int:
        return server.call("GET", "/readyz")[0]

    with callers.calling(row), Row("sign-ins").calling(sign_in, threads=1, pause=2):
        time.sleep(1)
        begin()
        try:
            time.sleep(FAULT_SECONDS)
            assert probe() == 503
        finally:
            end()
        row.recover(probe)
        time.sleep(2 * OPEN_SECONDS)  # until the other process has looked again, too
    row.lost = callers.count_lost()
    row.lost += sum(browser.get(f"{site}/v1/me", timeout=10).status_code != 200 for browser in sessions)
    assert set(row.seen) == {200, 201, 302}, row
    assert row.slowest < MOST_SECONDS, row
    assert (row.lost, bool(sessions)) == (0, True)
    found = Counter(limited.get_me() for _ in range(LIMIT + 10))
    assert found == {200: LIMIT, 429: 10}


def test_away(server: Server, store: Valkey, drill: Drill) -> None:
    endure(drill.row("Valkey away"), server, store.stop, store.start)


def test_paused(server: Server, store: Valkey, drill: Drill) -> None:
    endure(drill.row("Valkey paused"), server, store.pause, store.go_on)


def test_full(server: Server, store: Valkey, drill: Drill) -> None:
    endure(drill.row("Valkey full"), server, store.fill, store.empty)
