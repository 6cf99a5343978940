"""deploy/nginx.conf in Debian's nginx: it is valid, speaks the API's language, and writes no token down."""

import http.client
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.nginx import (
    API,
    PREVIEW,
    WEB,
    CraftBehindProxy,
    Proxy,
    check_config,
    craft_behind_nginx,
    needs_nginx,
    write_config,
)

pytestmark = [needs_nginx, pytest.mark.server]
Both = tuple[CraftBehindProxy, Proxy]
TOKEN = "craft_key_8Fq2kT7mWc1Z_" + "a" * 38


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with craft_behind_nginx(tmp_path_factory.mktemp("proxied"), FILE_MAX_BYTES="104857600") as running:
        yield running


@pytest.fixture(scope="module")
def key(both: Both) -> str:
    return both[0].manage(
        "create_api_key", "alice@example.com", "--name", "Test", "--permission", "read-write"
    )


def status_and_json(answer: bytes) -> tuple[int, Any]:
    """The status of an answer, and what its body says. It is never HTML."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower(), answer
    assert b"x-request-id: " in head.lower()
    return int(head.split(b" ", 2)[1]), json.loads(body)


def bearer(key: str) -> str:
    return f"Authorization: Bearer {key}"


def test_the_shipped_file_is_valid(tmp_path: Path) -> None:
    done = check_config(write_config(tmp_path, craft_port=8000, port=8443, plain_port=8080))
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_a_call_goes_through_with_its_host_and_scheme(both: Both, key: str) -> None:
    status, answer = status_and_json(both[1].call("GET", "/v1/me", bearer(key)))
    assert (status, answer["data"]["email"]) == (200, "alice@example.com")


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/v1/projects", 2_621_441, 413),
        ("/v1/projects/x/files", 2_621_441, 413),
        ("/v1/projects/x/files/y", 3_000_000, 413),  # by POST
        ("/v1/me", 20_000_000, 413),
    ],
)
def test_a_body_over_what_the_place_takes_is_413_in_the_envelope(
    both: Both, key: str, path: str, length: int, status: int
) -> None:
    found, answer = status_and_json(both[1].call("POST", path, bearer(key), f"Content-Length: {length}"))
    assert (found, answer["success"], answer["error"]["code"]) == (status, False, "PAYLOAD_TOO_LARGE")


def test_a_file_takes_a_hundred_megabytes_by_put_alone(both: Both, key: str) -> None:
    project = status_and_json(
        both[1].call(
            "POST", "/v1/projects", bearer(key), "Content-Type: application/json", body=b'{"name":"x"}'
        )
    )[1]["data"]["id"]
    path = f"/v1/projects/{project}/files/big"
    status, _ = status_and_json(both[1].call("PUT", path, bearer(key), body=b"x" * 5_000_000))
    assert status == 201
    too_large = f"Content-Length: {100 * 2**20 + 1}"
    assert status_and_json(both[1].call("PUT", path, bearer(key), too_large))[0] == 413
    assert status_and_json(both[1].call("DELETE", path, bearer(key)))[0] == 200


def test_a_chunked_body_arrives_with_its_length(both: Both, key: str) -> None:
    head = f"POST /v1/projects HTTP/1.1\r\nHost: {API}\r\nConnection: close\r\n{bearer(key)}\r\n"
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = both[1].send(head.encode(), b'c\r\n{"name":"x"}\r\n', b"0\r\n\r\n")
    assert status_and_json(answer)[0] == 201


def test_the_token_endpoint_takes_64_kilobytes_and_refuses_in_its_own_shape(both: Both) -> None:
    status, answer = status_and_json(both[1].call("POST", "/v1/oauth/token", "Content-Length: 65537"))
    assert (status, answer["error"]) == (413, "invalid_request")
    assert answer.keys() == {"error", "error_description"}


@pytest.mark.parametrize("size", [200_000, 20_000_000])
def test_early_refusals_of_long_bodies_reach_their_caller(both: Both, size: int) -> None:
    """Each is Craft's 401: of a body that is not read, nginx would make a 502."""

    def refused(_: int) -> int:
        answer = both[1].call("PUT", "/v1/projects/x/files/y", bearer(TOKEN), body=b"x" * size)
        status, body = status_and_json(answer)
        assert body["error"]["code"] == "UNAUTHORIZED"
        return status

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(refused, range(8))) == {401}


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /v1/me HTTP/1.1\r\nConnection: close\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: api.craft.example\r\nHost: b\r\nConnection: close\r\n\r\n",
        b"GET /v1/%00 HTTP/1.1\r\nHost: api.craft.example\r\nConnection: close\r\n\r\n",
        b"GET /../../v1/me HTTP/1.1\r\nHost: api.craft.example\r\nConnection: close\r\n\r\n",
        b"TRACE /v1/me HTTP/1.1\r\nHost: api.craft.example\r\nConnection: close\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET /v1/me HTTP/1.1\r\nHost: api.craft.example\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",
        b"GET /v1/" + b"x" * 300_000 + b" HTTP/1.1\r\nHost: api.craft.example\r\n\r\n",
    ],
    ids=["no host", "two hosts", "NUL", "above the root", "TRACE", "nonsense", "long header", "long path"],
)
def test_what_nginx_itself_refuses_is_json(both: Both, sent: bytes) -> None:
    status, answer = status_and_json(both[1].send(sent))
    assert 400 <= status < 500
    assert answer["success"] is False
    assert answer["error"].keys() >= {"code", "message"}


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/metrics", "/%68ealthz", "//healthz", "/x/../readyz"]
)
def test_probes_are_not_passed_on(both: Both, path: str) -> None:
    for host in (API, WEB, PREVIEW):
        answer = both[1].call("GET", path, host=host)
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert b"There is nothing at this address" in answer
    # A deployment's own is asked of Craft, which knows none here.
    deployment = f"{'a' * 20}.{PREVIEW}"
    assert b"etag" not in both[1].call("GET", path, host=deployment).lower()


def test_pages_are_served_over_https_and_led_there_from_http(both: Both) -> None:
    assert both[1].call("GET", "/login/", host=WEB).startswith(b"HTTP/1.1 200 ")
    plain = http.client.HTTPConnection("127.0.0.1", both[1].plain_port, timeout=30)
    plain.request("GET", "/login/", headers={"Host": WEB})
    response = plain.getresponse()
    assert (response.status, response.headers["Location"]) == (301, f"https://{WEB}/login/")
    plain.close()


def test_no_whole_token_is_in_a_log_of_nginx(both: Both) -> None:
    paths = [f"/v1/{TOKEN}", f"/v1/{TOKEN.replace('_', '%5F')}", f"/v1/{TOKEN.replace('_', '%255F')}"]
    paths += [f"/v1/x%0Ay{TOKEN}/{TOKEN}", f"/v1/me?key={TOKEN}"]
    for path in paths:
        assert both[1].call("GET", path).startswith(b"HTTP/1.1 40")
        both[1].call("POST", path, "Content-Length: 9000000")
    both[1].call("GET", f"/{TOKEN}", host=WEB)
    logs = "".join(path.read_text() for path in both[1].folder.glob("*.log"))
    assert "a" * 20 not in logs
    lines = [json.loads(line) for line in (both[1].folder / "access.log").read_text().splitlines()]
    assert sum(line["path"] == "/v1/craft_key_8Fq2kT7mWc1Z_***" for line in lines) >= 4


def test_while_craft_is_away_the_answer_is_503_in_json(both: Both, key: str) -> None:
    server, proxy = both
    server.stop()
    try:
        answer = proxy.call("GET", "/v1/me", bearer(key))
        status, body = status_and_json(answer)
        assert status == 503
        assert re.search(rb"(?i)\r\nretry-after: 5\r\n", answer)
        message = "Craft cannot answer right now. Nothing was changed."
        assert body == {
            "success": False,
            "error": {"code": "SERVICE_UNAVAILABLE", "message": message, "retryAfter": 5},
        }
        status, body = status_and_json(proxy.call("POST", "/v1/oauth/token", body=b"grant_type=x"))
        assert (status, body["error"]) == (503, "temporarily_unavailable")
        assert proxy.call("GET", "/login/", host=WEB).startswith(b"HTTP/1.1 503 ")
    finally:
        server.start()
