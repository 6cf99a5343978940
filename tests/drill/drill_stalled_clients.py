"""Clients that stall, behind the shipped nginx: they hold its connections and no thread of Craft."""

import json
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.deploy.nginx import API, CraftBehindProxy, Proxy, craft_behind_nginx, needs_nginx
from tests.drill.report import Drill

pytestmark = needs_nginx
BODIES, HEADERS, DOWNLOADS, REFUSALS = 200, 200, 100, 100
MOST_DELAY = 0.1  # seconds that all of them together may add to a call
CALLS = 60


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CraftBehindProxy, Proxy]]:
    with craft_behind_nginx(tmp_path_factory.mktemp("stalled")) as running:
        yield running


@pytest.fixture(scope="module")
def key(both: tuple[CraftBehindProxy, Proxy]) -> str:
    arguments = ("--name", "Drill", "--permission", "read-write")
    return both[0].manage("create_api_key", "alice@example.com", *arguments)


def get_me(proxy: Proxy, key: str) -> int:
    return int(proxy.call("GET", "/v1/me", f"Authorization: Bearer {key}").split(b" ", 2)[1])


def seconds_of_a_call(proxy: Proxy, key: str) -> float:
    """The median of many."""
    times = []
    for _ in range(CALLS):
        began = time.monotonic()
        assert get_me(proxy, key) == 200
        times.append(time.monotonic() - began)
    return statistics.median(times)


def test_stalled_clients_delay_nobody(both: tuple[CraftBehindProxy, Proxy], key: str, drill: Drill) -> None:
    _, proxy = both
    row = drill.row(f"{BODIES} stalled bodies, {HEADERS} headers, {DOWNLOADS} unread downloads")
    bearer = f"Authorization: Bearer {key}"
    created = proxy.call(
        "POST", "/v1/projects", bearer, "Content-Type: application/json", body=b'{"name":"x"}'
    )
    project = json.loads(created.partition(b"\r\n\r\n")[2])["data"]["id"]
    path = f"/v1/projects/{project}/files/large"
    assert b" 201 " in proxy.call("PUT", path, bearer, body=b"x" * 8_000_000)[:20]
    token = f"POST /v1/oauth/token HTTP/1.1\r\nHost: {API}\r\nContent-Length: 1000\r\n\r\ngrant_type="
    upload = f"PUT {path} HTTP/1.1\r\nHost: {API}\r\n{bearer}\r\nContent-Length: 9000000\r\n\r\nx"
    raw = "Accept: application/octet-stream"
    download = f"GET {path} HTTP/1.1\r\nHost: {API}\r\n{bearer}\r\n{raw}\r\n\r\n"
    before = seconds_of_a_call(proxy, key)
    with ExitStack() as stack:

        def stall(sent: str) -> None:
            connection = stack.enter_context(proxy.connect())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(sent.encode())

        for number in range(BODIES):
            stall(upload if number % 2 else token)
        for _ in range(HEADERS):
            stall(f"GET /v1/me HTTP/1.1\r\nHost: {API}\r\nX-")
        for _ in range(DOWNLOADS):
            stall(download)
        during = []
        for _ in range(CALLS):
            began = time.monotonic()
            row.call(lambda: get_me(proxy, key))
            during.append(time.monotonic() - began)
    row.recover(lambda: get_me(proxy, key))
    delay = statistics.median(during) - before
    row.fault += f": a call {delay * 1000:+.0f} ms"
    assert row.seen == {200: CALLS}
    assert delay < MOST_DELAY


def test_early_refusals_of_long_bodies_are_json(both: tuple[CraftBehindProxy, Proxy], drill: Drill) -> None:
    _, proxy = both
    row = drill.row(f"{REFUSALS} early refusals of 20 MB")
    body = b"x" * 20_000_000

    def refused() -> int:
        answer = proxy.call("PUT", "/v1/projects/x/files/y", "Authorization: Bearer no", body=body)
        if b"application/json" not in answer.partition(b"\r\n\r\n")[0]:
            row.lost += 1
        return int(answer.split(b" ", 2)[1])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: row.call(refused), range(REFUSALS)))
    assert (row.seen, row.lost) == ({401: REFUSALS}, 0)
