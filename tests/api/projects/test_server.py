"""Files on the real server: slow, broken and lying bodies, and addresses as they are on the wire."""

import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.projects.conftest import objects_in
from tests.api.projects.serving import Site, serving_files
from tests.waiting import WAIT_SECONDS, wait_until

pytestmark = pytest.mark.server
ROWS = "from api.projects.models import StoredObject; answer = StoredObject.objects.count()"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving_files(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(autouse=True)
def tidy(site: Site) -> Iterator[None]:
    """Every test begins and ends with an empty storage."""
    assert objects_in(site.folder) == []
    yield
    for path in ("x", "y", "z"):
        site.server.call("DELETE", f"{site.project}/files/{path}", site.key)
    assert objects_in(site.folder) == []


def head_of(site: Site, path: str, length: int | None, *more: str) -> bytes:
    """The head of a PUT, as bytes."""
    lines = [
        f"PUT {site.project}/files/{path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {site.key}",
        "Content-Type: text/plain",
        *([] if length is None else [f"Content-Length: {length}"]),
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@contextlib.contextmanager
def half_sent(site: Site, path: str) -> Iterator[socket.socket]:
    """An upload of which the server has half in its storage, and waits for the rest."""
    length = 2 * 2**20
    with socket.create_connection(("127.0.0.1", site.server.port), timeout=WAIT_SECONDS) as connection:
        before = len(objects_in(site.folder))
        connection.sendall(head_of(site, path, length) + b"x" * (length // 2))
        wait_until(lambda: len(objects_in(site.folder)) > before)
        yield connection


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_stalled_upload_delays_nobody(site: Site) -> None:
    with half_sent(site, "x") as stalled:
        with ThreadPoolExecutor(3) as pool:
            calls = pool.map(lambda _: site.server.call("GET", "/v1/me", site.key)[0], range(60))
            assert set(calls) == {200}
        assert (
            site.server.call("PUT", f"{site.project}/files/y", site.key, json_body={"content": "y"})[0] == 201
        )
        assert site.server.call("GET", f"{site.project}/files/y", site.key)[0] == 200
        assert site.server.call("POST", f"{site.project}/deployments", site.key)[0] == 201
        stalled.sendall(b"x" * 2**20)
        assert status_of(stalled.recv(65536)) == 201
    answer = site.server.call("GET", f"{site.project}/deployments", site.key)[1]
    uid = json.loads(answer)["data"][0]["id"]
    assert site.server.call("DELETE", f"{site.project}/deployments/{uid}", site.key)[0] == 200


def test_an_upload_whose_sender_goes_away_leaves_nothing_behind(site: Site) -> None:
    with half_sent(site, "x"):
        assert len(objects_in(site.folder)) == 1
    wait_until(lambda: not objects_in(site.folder))
    wait_until(lambda: site.server.ask(ROWS) == 0)
    assert site.server.call("GET", f"{site.project}/files/x", site.key)[0] == 404


def test_an_upload_whose_end_is_cut_off_is_400(site: Site) -> None:
    answer = site.server.send(head_of(site, "x", 10), b"12345", half_close=True)
    assert status_of(answer) == 400
    assert b"The body ended early." in answer
    assert site.server.ask(ROWS) == 0


def test_what_a_killed_worker_leaves_goes_within_an_hour(site: Site) -> None:
    with half_sent(site, "x"):
        os.kill(site.worker, signal.SIGKILL)
        (left,) = objects_in(site.folder)
        site.server.manage("housekeeping")
        assert objects_in(site.folder) == [left]
    site.server.ask(
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "from api.projects.models import StoredObject\n"
        "answer = StoredObject.objects.update(created_at=timezone.now() - timedelta(minutes=59))"
    )
    assert "1 stored files" in site.server.manage("housekeeping")
    assert objects_in(site.folder) == []
    assert site.server.ask(ROWS) == 0

    def answers() -> bool:
        with contextlib.suppress(OSError):
            return site.server.call("GET", "/v1/me", site.key)[0] == 200
        return False

    wait_until(answers)  # the worker is started again


@pytest.mark.parametrize(
    ("length", "headers", "body"),
    [
        (None, ["Transfer-Encoding: chunked"], b"5\r\nhello\r\n0\r\n\r\n"),
        (None, [], b""),
    ],
)
def test_an_upload_that_does_not_say_its_length_is_411(
    site: Site, length: int | None, headers: list[str], body: bytes
) -> None:
    answer = site.server.send(head_of(site, "x", length, "Connection: close", *headers) + body)
    assert status_of(answer) == 411
    assert b'"LENGTH_REQUIRED"' in answer


def test_an_upload_over_the_limit_is_refused_before_it_is_sent(site: Site) -> None:
    answer = site.server.send(head_of(site, "x", 100 * 2**20 + 1, "Expect: 100-continue"))
    assert status_of(answer) == 413
    assert b"100 Continue" not in answer
    assert site.server.ask(ROWS) == 0


def test_bytes_come_back_as_they_were_sent(site: Site) -> None:
    content = bytes(range(256)) * 1000
    answer = site.server.send(head_of(site, "x", len(content), "Connection: close") + content)
    assert status_of(answer) == 201
    for method, expected in (("GET", content), ("HEAD", b"")):
        lines = [
            f"{method} {site.project}/files/x HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {site.key}",
            "Accept: application/octet-stream",
            "Connection: close",
        ]
        head, _, body = site.server.send("\r\n".join([*lines, "", ""]).encode()).partition(b"\r\n\r\n")
        assert b"content-length: 256000" in head.lower()
        assert body == expected


@pytest.mark.parametrize(
    "path",
    [
        *(
            "../x",
            "../../me",
            "a/../../../../me",
            "%2e%2e/%2e%2e/me",
            "..%2f..%2fme",
            "%2E%2E%5Cx",
            "a%5cb",
            "a\\b",
        ),
        *("/x", "//x", "a//b", "%2fx", "%2Fetc%2Fpasswd", "./x", "%00", "a%0d%0ab", "%ff", "%c0%ae%c0%ae/x"),
        *("%ed%a0%80", "%e2%80%ae", "%252e%252e%252fx", "x" * 1025),
    ],
    ids=lambda path: path[:30],
)
def test_no_address_leads_out_of_the_project(site: Site, path: str) -> None:
    answer = site.server.send(head_of(site, path, 2, "Connection: close") + b"no")
    assert status_of(answer) in (400, 404), answer
    assert b"text/html" not in answer
    assert objects_in(site.folder) == []
