"""Metrics of a real server: of all its processes, on a port of their own."""

import http.client
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.e2e.server import Server, serving

pytestmark = pytest.mark.server
UNTIL_SECONDS = 60  # much more than it takes, for a busy machine
ME = 'craft_requests_total{method="GET",route="/v1/me",status="401"}'


def metrics(port: int) -> dict[str, float]:
    """What Prometheus gets: values by name and labels."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=UNTIL_SECONDS)
    try:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert response.status == 200
        text = response.read().decode()
    finally:
        connection.close()
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def wait_for(port: int, name: str, value: float) -> None:
    deadline = time.monotonic() + UNTIL_SECONDS
    while (found := metrics(port).get(name)) != value:
        assert time.monotonic() < deadline, (name, found)
        time.sleep(0.2)


def workers(server: Server) -> list[int]:
    main = server._process.pid if server._process else 0
    return [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]


def test_calls_of_all_workers_are_added_up_also_of_one_that_died_and_no_caller_reaches_them(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with serving(tmp_path, METRICS_PORT=str(port), TMPDIR=str(tmp_path)) as server:
        begun = 1  # by serving(), to see that it answers
        for _ in range(20):
            assert server.call("GET", "/v1/me")[0] == 401
        wait_for(port, ME, begun + 20)
        assert metrics(port)['craft_unauthorized_total{reason="No credential"}'] == begun + 20
        assert metrics(port)["craft_mails_waiting"] == 0
        assert metrics(port)['craft_sign_ins_total{outcome="ok"}'] == 0
        assert server.call("GET", "/metrics")[0] == 404
        victim = next(
            pid for pid in workers(server) if list(tmp_path.glob(f"craft-metrics-*/counter_{pid}.db"))
        )
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + UNTIL_SECONDS
        while True:
            try:
                server.call("GET", "/v1/me")
                break
            except OSError:
                assert time.monotonic() < deadline
        wait_for(port, ME, begun + 21)
        metrics(port)
        live = [
            re.findall(r"_(\d+)\.db", file.name)[0] for file in tmp_path.glob("craft-metrics-*/gauge_live*")
        ]
        assert str(victim) not in live
    assert not list(tmp_path.glob("craft-metrics-*"))


def test_a_port_that_is_taken_stops_the_start(tmp_path: Path) -> None:
    server = Server(tmp_path, f"sqlite:///{tmp_path}/db.sqlite3")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server.environ["METRICS_PORT"] = str(taken.getsockname()[1])
        with pytest.raises(AssertionError, match=r"is taken\. Stop what uses it, or choose .* METRICS_PORT="):
            server.start()
