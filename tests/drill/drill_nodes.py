"""Two nodes without a shared disk: all that they share is PostgreSQL, Valkey and a bucket of S3."""

import http.client
import json
import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.drill.callers import Callers
from tests.drill.network import Way, way_to
from tests.drill.report import Drill
from tests.drill.s3 import s3_server, storage_url
from tests.e2e.server import ANSWER_SECONDS, Server, new_database, on_postgresql

pytestmark = on_postgresql
EMAIL, LIMIT = "alice@example.com", 40
SIZES = (0, 100, 70_000, 1_500_000, 6_000_000)  # the last goes in parts
MOST_SECONDS = 5
LIMITS = f"free=-/-/-,pro=-/-/{LIMIT},address=-,oauth=-,post_projects=-,post_files=-"


@dataclass(frozen=True, slots=True)
class Nodes:
    """Both, the way to the bucket, and what Alice has."""

    first: Server
    second: Server
    bucket: Way
    key: str
    project: str


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("nodes")
    with new_database(folder) as url, s3_server() as place, way_to(*place) as bucket:
        first, second = (_node(folder / name, url, bucket.port) for name in ("first", "second"))
        second.environ["WEB_URL"] = f"http://localhost:{first.port}"  # both are one site
        first.migrate()
        first.manage("create_user", EMAIL, "--plan", "internal")
        key = first.manage("create_api_key", EMAIL, "--name", "Test", "--permission", "read-write")
        try:
            first.start()
            second.start()
            answer = first.call("POST", "/v1/projects", key, json_body={"name": "Harbour"})[1]
            yield Nodes(first, second, bucket, key, f"/v1/projects/{json.loads(answer)['data']['id']}")
        finally:
            second.stop()
            first.stop()


def _node(folder: Path, url: str, bucket_port: int) -> Server:
    (folder / "temporary").mkdir(parents=True)
    server = Server(folder, url)
    server.environ |= {
        "TMPDIR": str(folder / "temporary"),
        "STORAGE_URL": storage_url("127.0.0.1", bucket_port),
        "REDIS_URL": os.environ["REDIS_URL"],
        "EMAIL_URL": f"filemail:///{folder}/mails",
        "RATE_LIMITS": LIMITS,
    }
    return server


def raw(
    server: Server, method: str, path: str, key: str = "", body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    """A call whose bodies are bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_SECONDS)
    if key:
        headers |= {"Authorization": f"Bearer {key}", "Accept": "application/octet-stream"}
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_what_one_node_takes_the_other_has(nodes: Nodes, drill: Drill) -> None:
    row = drill.row("two nodes without a shared disk, S3 (moto)")
    pairs = ((nodes.first, nodes.second), (nodes.second, nodes.first))
    for size in SIZES:
        for one, other in pairs:
            path, content = f"{nodes.project}/files/{size}-{one.port}", secrets.token_bytes(size)
            row.call(lambda one=one, path=path, content=content: raw(one, "PUT", path, nodes.key, content)[0])  # type: ignore[misc]  # of a default in a lambda, mypy infers no type
            row.lost += raw(other, "GET", path, nodes.key) != (200, content)
    status, answer = raw(nodes.first, "POST", f"{nodes.project}/deployments", nodes.key)
    assert status == 201, answer
    deployment = json.loads(answer)["data"]
    host = urlsplit(deployment["url"]).netloc
    kept = f"{SIZES[2]}-{nodes.first.port}"
    content = raw(nodes.first, "GET", f"{nodes.project}/files/{kept}", nodes.key)[1]
    assert raw(nodes.second, "DELETE", f"{nodes.project}/files/{kept}", nodes.key)[0] == 200
    assert raw(nodes.first, "GET", f"{nodes.project}/files/{kept}", nodes.key)[0] == 404
    row.lost += raw(nodes.second, "GET", f"/{kept}", Host=host) != (200, content)  # published, for good
    assert row.seen == {201: 2 * len(SIZES)}
    assert row.lost == 0
    for node in (nodes.first, nodes.second):
        left = [each for each in (node.log.parent / "temporary").rglob("*") if each.is_file()]
        assert left == []


def test_what_ends_at_one_node_has_ended_at_the_other(nodes: Nodes, drill: Drill) -> None:
    row = drill.row("keys ended at one node, at once tried at the other")
    for _ in range(20):
        key = nodes.first.manage(
            "create_api_key", EMAIL, "--name", secrets.token_hex(4), "--permission", "read-write"
        )
        assert nodes.second.call("GET", "/v1/me", key)[0] == 200
        assert nodes.first.call("DELETE", "/v1/auth", key)[0] == 200
        row.lost += row.call(lambda key=key: nodes.second.call("GET", "/v1/me", key)[0]) != 401  # type: ignore[misc]  # of a default in a lambda, mypy infers no type
    assert row.lost == 0


def test_a_limit_holds_over_both(nodes: Nodes, drill: Drill) -> None:
    row = drill.row(f"{LIMIT} calls a day, by turns at two nodes")
    limited = Callers(nodes.first, plan="pro")
    for number in range(LIMIT + 10):
        server = (nodes.first, nodes.second)[number % 2]
        row.call(lambda server=server: server.call("GET", "/v1/me", limited.key)[0])  # type: ignore[misc]  # of a default in a lambda, mypy infers no type
    assert row.seen == Counter({200: LIMIT, 429: 10})


def test_a_node_that_is_stopped_under_load_loses_nothing(nodes: Nodes, drill: Drill) -> None:
    row = drill.row("one of two nodes stopped (SIGTERM) under load: the other's callers")
    staying, going = Callers(nodes.first, plan="internal"), Callers(nodes.second, plan="internal")
    ended = drill.row("one of two nodes stopped (SIGTERM) under load: its own callers")
    with staying.calling(row), going.calling(ended):
        time.sleep(3)  # of calls before it
        nodes.second.stop()
        time.sleep(2)  # of calls after it
    going.server = nodes.first
    nodes.second.start()
    row.lost, ended.lost = staying.count_lost(), going.count_lost()
    assert set(row.seen) <= {200, 201}, row
    assert set(ended.seen) <= {0, 200, 201}, ended
    assert (row.lost, ended.lost) == (0, 0)


def test_a_silent_bucket_is_503_in_time(nodes: Nodes, drill: Drill) -> None:
    row = drill.row("S3 silent (network)")
    path, content = f"{nodes.project}/files/kept", secrets.token_bytes(1000)
    assert raw(nodes.first, "PUT", path, nodes.key, content)[0] == 201
    nodes.bucket.go_silent()
    began = time.monotonic()
    for _ in range(3):
        row.call(lambda: raw(nodes.first, "GET", path, nodes.key)[0])
        row.call(lambda: raw(nodes.first, "PUT", f"{path}-too", nodes.key, content)[0])
        assert nodes.first.call("GET", "/v1/me", nodes.key)[0] == 200
    assert time.monotonic() - began > 3  # it was silent, not away
    nodes.bucket.speak()
    row.recover(lambda: raw(nodes.first, "PUT", f"{path}-too", nodes.key, content)[0], good=201)
    row.lost = int(raw(nodes.second, "GET", path, nodes.key) != (200, content))
    assert row.seen == {503: 6}
    assert row.slowest < MOST_SECONDS
    assert row.lost == 0
