"""An hour's worth of mixed traffic in minutes, on two processes behind nginx, checked against a model."""

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.deploy.nginx import craft_behind_nginx, free_port, needs_nginx
from tests.drill.load.apps import CALLBACK, Connection
from tests.drill.load.check import check_all, check_counts, requests_measured
from tests.drill.load.files import Files
from tests.drill.load.keys import Keys
from tests.drill.load.people import Person
from tests.drill.load.world import DICE, World
from tests.drill.report import Drill

pytestmark = needs_nginx
PEOPLE, APPS, THREADS = 12, 2, 8
CALLS = 18_000  # five a second, for an hour
WARM_UP, MOST_GROWTH = 0.4, 0.05  # of the calls; of the workers' memory from then on
WRITTEN_SECONDS = 6  # after which all that is gathered is written
LIMIT = 1_000_000  # calls a day, so that each is counted and none refused
LIMITS = f"free=-/-/{LIMIT},address=-,oauth=-,post_projects=-,post_files=-"
HOUSEKEEPING_SECONDS = 15  # a quarter of the minute, since time runs faster here
MESSAGE_ID = re.compile(rb"^Message-ID: *(\S+)", re.IGNORECASE | re.MULTILINE)


@pytest.fixture
def world(tmp_path: Path, drill: Drill) -> Iterator[World]:
    environ = {"WORKERS": "2", "RATE_LIMITS": LIMITS, "REDIS_URL": os.environ["REDIS_URL"]}
    environ |= {"METRICS_PORT": str(free_port()), "LOG_FORMAT": "json"}
    with craft_behind_nginx(tmp_path, **environ) as both, closing(World(*both, drill)) as made:
        yield made


def mixed(person: Person, keys: Keys, files: Files, connections: list[Connection]) -> Callable[[], None]:
    """Something that a person or a program of theirs does, mostly what is done most."""
    often: dict[Callable[[], None], float] = {
        keys.use: 30, keys.guess: 2, keys.create: 2, keys.rest: 3, keys.change: 1, keys.rotate: 3,
        keys.delete: 1, keys.restore: 1, person.sign_out: 0.7, person.switch_off_and_on: 0.25,
        person.rename: 1, files.upload: 5, files.read: 8, files.delete: 1, files.deploy: 1, files.visit: 3,
    }  # fmt: skip
    for app in connections:
        often |= {app.use: 6, app.introspect: 2, app.refresh: 3, app.connect: 0.7}
        often |= {app.revoke: 0.3, app.replay: 0.3, app.disconnect: 0.2}
    return DICE.choices(list(often), list(often.values()))[0]


def test_every_answer_is_one_that_the_model_knows(world: World, drill: Drill) -> None:
    server, port = world.server, int(world.server.environ["METRICS_PORT"])
    server.manage("create_user", "dora@example.com")
    apps = []
    for number in range(APPS):
        arguments = ("dora@example.com", "--name", f"App {number}", "--redirect-uri", CALLBACK)
        apps.append(json.loads(server.manage("create_oauth_app", *arguments)))
    credentials = [{name: app[name] for name in ("client_id", "client_secret")} for app in apps]
    time.sleep(WRITTEN_SECONDS)  # the measurement begins with nothing pending
    before = requests_measured(port)

    everybody = []
    for number in range(PEOPLE):
        person = Person(world, number)
        keys = Keys(person)
        everybody.append(
            (person, keys, Files(person, keys), [Connection(person, app) for app in credentials])
        )
    workers, is_over = server.workers, threading.Event()

    def act() -> None:
        while not is_over.is_set():
            mixed(*DICE.choice(everybody))()

    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(act) for _ in range(THREADS)]
        try:
            tidy_until(world, CALLS * WARM_UP)
            warm = memory_of(workers)
            tidy_until(world, CALLS)
        finally:
            is_over.set()
        for each in running:
            each.result()
    growth = memory_of(workers) / warm - 1
    row = drill.row(f"an hour's load: memory after warm-up {growth:+.1%}")

    check_all(world, everybody)
    answered = world.answers.copy()
    time.sleep(WRITTEN_SECONDS)  # nothing says when the last of several processes has written
    check_counts(world, everybody)
    assert requests_measured(port) - before == answered
    assert server.workers == workers
    assert_mailed_once(server.environ["EMAIL_URL"].removeprefix("filemail://"))
    assert world.faults == [], "\n".join([f"{len(world.faults)} faults:", *world.faults[:20]])
    assert growth < MOST_GROWTH
    assert row.lost == 0


def tidy_until(world: World, calls: float) -> None:
    """Wait for so many answers; housekeeping runs as it does every minute."""
    tidied_at = time.monotonic()
    while world.answers.total() < calls:
        time.sleep(0.5)  # between two looks at the count
        if time.monotonic() - tidied_at > HOUSEKEEPING_SECONDS:
            world.server.manage("housekeeping")
            tidied_at = time.monotonic()


def memory_of(workers: list[int]) -> int:
    """How many kB these processes hold that no file has."""
    text = "".join(Path(f"/proc/{worker}/smaps_rollup").read_text() for worker in workers)
    return sum(map(int, re.findall(r"^Anonymous: +(\d+) kB", text, re.MULTILINE)))


def assert_mailed_once(folder: str) -> None:
    """No mail came twice."""
    names = [each for file in Path(folder).iterdir() for each in MESSAGE_ID.findall(file.read_bytes())]
    assert names
    assert len(names) == len(set(names))
