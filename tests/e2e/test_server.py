"""The real server: bytes that no test client can send, its end, and a restart of the database."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from apikeys.tokens import checksum
from tests.e2e.server import Server, cut_connections, on_postgresql, serving

pytestmark = pytest.mark.server
KEYS, CALLS, THREADS = 5, 20, 8


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), WORKERS="2") as running:
        yield running


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return new_key(server, "wire")


def new_key(server: Server, name: str) -> str:
    return server.manage("create_api_key", "alice@example.com", "--name", name, "--permission", "read-write")


def request(method: str, target: str, *headers: str, body: bytes = b"", version: str = "1.1") -> bytes:
    """A request as bytes; each character up to U+00FF goes as one byte."""
    lines = [f"{method} {target} HTTP/{version}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


BODY = b'{"name":"x"}'
CHUNKS = b"c\r\n" + BODY + b"\r\n0\r\n\r\n"
HOST, CLOSE, KEY = "Host: localhost", "Connection: close", "Authorization: Bearer KEY"
JSON, LENGTH, CHUNKED = "Content-Type: application/json", "Content-Length: 12", "Transfer-Encoding: chunked"
BASE = (HOST, CLOSE)
POST = ("POST", "/v1/projects", *BASE, KEY, JSON)
ME = "/v1/me"
NOWHERE = ["//v1/me", "///v1/me", "/v1//me", "/v1/me/", "/v1/", "/v1/.."]
NOWHERE += ["/v1/%zz", "/v1/%", "/v1/%00", "/v1/me%3fa"]

# What is sent, and the statuses that are right for it. KEY stands for a good key.
WIRE: list[tuple[bytes, set[int]]] = [
    (request("GET", ME, *BASE, KEY), {200}),
    (request(*POST, CHUNKED, body=CHUNKS), {411}),
    (request("POST", "/v1/projects", *BASE, JSON, CHUNKED, body=CHUNKS), {401}),
    (request(*POST, CHUNKED, LENGTH, body=CHUNKS), {411, 400}),
    (request(*POST, LENGTH, CHUNKED, body=CHUNKS), {411, 400}),
    (request(*POST, "Transfer-Encoding: gzip, chunked", body=CHUNKS), {411, 400}),
    (request(*POST, "Transfer-Encoding: xchunked", body=CHUNKS), {411, 400}),
    (request(*POST, CHUNKED, body=b"zz\r\n"), {411, 400}),
    (request("GET", ME, *BASE, "Authorization: Bearer \xc3\xa9"), {401}),
    (request("GET", ME, *BASE, f"{KEY}\xff"), {401}),
    (request("GET", ME, *BASE, "Authorization:"), {401}),
    (request("GET", ME, *BASE, KEY, KEY), {401}),
    (request("GET", ME, *BASE, KEY, "Authorization: Bearer x"), {401}),
    (request("GET", ME, *BASE, "Authorization: Bearer x", KEY), {401}),
    (request("GET", ME, *BASE, "Authorization:", KEY), {401}),
    (request("GET", ME, *BASE, KEY, "Authorization:"), {401}),
    (request("GET", ME, *BASE, "Authorization: \xff", KEY), {401}),
    (request("GET", ME, *BASE, KEY, "Authorization: \xff"), {401}),
    (request("GET", ME, *BASE, "Authorization: Bearer\r\n KEY"), {400, 401}),
    (request("GET", ME, *BASE, "Authorization: Bearer \x00"), {400, 401}),
    (request("GET", ME, *BASE, "Authorization:\tBearer KEY\t"), {200}),
    (request("GET", ME, *BASE, "authorization: bearer KEY"), {200}),
    *((request("GET", ME, *BASE, f"Authorization: Bearer {'x' * size}"), {401}) for size in (8192, 65536)),
    (request("GET", ME, *BASE, f"Authorization: Bearer {'x' * 2_000_000}"), {401, 431}),
    (request("GET", ME, *BASE, KEY, f"X-Long: {'x' * 65536}"), {200, 431}),
    (request("GET", ME, *BASE, KEY, *(f"X-{n}: x" for n in range(150))), {200, 431}),
    (request("GET", f"{ME}?{'a' * 70_000}", *BASE, KEY), {400, 414}),
    (request("GET", ME, KEY, version="1.0"), {400}),
    (request("GET", ME, HOST, KEY, version="1.0"), {200}),
    (request("GET", ME, CLOSE, KEY), {400}),
    (request("GET", ME, *BASE, "Host: evil.example", KEY), {400}),
    (request("GET", ME, "Host: \xff", CLOSE, KEY), {400}),
    (request("GET", "http://localhost/v1/me", *BASE, KEY), {200}),
    (request("GET", "http://localhost/v1/me", "Host: evil.example", CLOSE, KEY), {200, 400}),
    (request("GET", "http:///v1/me", *BASE, KEY), {400}),
    *((request("GET", path, *BASE, KEY), {404}) for path in NOWHERE),
    *((request("GET", path, *BASE, KEY), {400}) for path in ("v1/me", "/v1/a b", "/v1/me\t", "?")),
    (request("GET", "/v1/\xe9", *BASE, KEY), {400, 404}),
    (request("OPTIONS", ME, *BASE), {401}),
    *((request(method, ME, *BASE, KEY), {405}) for method in ("OPTIONS", "TRACE", "CONNECT", "PUT", "FOO")),
    (request("GET", ME, *BASE, KEY, LENGTH, body=BODY), {200}),
    (request(*POST, LENGTH, LENGTH, body=BODY), {201, 400}),
    (request(*POST, LENGTH, "Content-Length: 5", body=BODY), {400}),
    *(
        (request(*POST, f"Content-Length: {length}", body=BODY), {400})
        for length in ("-5", "+5", "abc", "5 5", "", "1e3", "9" * 25, "12,13", "0x0c", "\xb2")
    ),
    (request(*POST, "Content-Length: 30000000"), {413}),
    (request(*POST, "Content-Length: 3000000", body=b" " * 3_000_000), {413}),
    (request("POST", "/v1/projects", *BASE, JSON, "Content-Length: 3000000", body=b" " * 3_000_000), {401}),
    (request(*POST, LENGTH, "Expect: tea", body=BODY), {201, 417}),
    (request("GET", ME, *BASE, "Cookie: sessionid=\xff; csrftoken=\xff"), {401}),
    (b"GET /v1/me\r\n\r\n", {400}),
]


def check_answer(answer: bytes, expected: set[int]) -> None:
    """The last of the answers has an expected status; none is a crash or HTML."""
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]
    assert statuses, answer
    assert statuses[-1] in expected, answer
    assert max(statuses) < 500
    assert b"text/html" not in answer
    assert b"<html" not in answer.lower()


@pytest.mark.parametrize(("sent", "expected"), WIRE, ids=lambda part: repr(part)[2:60])
def test_odd_bytes_on_the_wire_get_a_clear_answer(
    server: Server, key: str, sent: bytes, expected: set[int]
) -> None:
    sent = sent.replace(b"KEY", key.encode())
    check_answer(server.send(sent, half_close=b"\r\n\r\n" not in sent), expected)


def good(key: str, *parts: bytes) -> list[bytes]:
    return [part.replace(b"KEY", key.encode()) for part in parts]


def test_a_body_that_comes_slowly_is_taken(server: Server, key: str) -> None:
    check_answer(server.send(*good(key, request(*POST, LENGTH), BODY[:5], BODY[5:])), {201})


@pytest.mark.parametrize("length", [13, 100])
def test_a_body_that_ends_early_creates_nothing_even_if_it_is_valid_json(
    server: Server, key: str, length: int
) -> None:
    before = server.call("GET", "/v1/projects?limit=1", key)[1]
    (sent,) = good(key, request(*POST, f"Content-Length: {length}", body=BODY))
    answer = server.send(sent, half_close=True)
    if answer:
        check_answer(answer, {400})
    assert server.call("GET", "/v1/projects?limit=1", key)[1] == before


def test_a_client_that_waits_for_100_continue_gets_it_or_the_refusal(server: Server, key: str) -> None:
    expects = "Expect: 100-continue"
    answer = server.send(*good(key, request(*POST, LENGTH, expects), BODY))
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n")
    check_answer(server.send(request("POST", "/v1/projects", *BASE, JSON, LENGTH, expects)), {401})


def test_pipelined_requests_are_answered_in_order(server: Server, key: str) -> None:
    sent = request("GET", ME, HOST, KEY, LENGTH, body=BODY)
    sent += request("POST", "/v1/projects", HOST, KEY, JSON, LENGTH, body=BODY)
    sent += request("GET", "/v1/nothing", *BASE)
    answer = server.send(*good(key, sent))
    assert re.findall(rb"HTTP/1\.1 (\d{3}) ", answer) == [b"200", b"201", b"404"]


def test_head_has_the_headers_of_get_and_no_body(server: Server, key: str) -> None:
    head, get = (server.send(*good(key, request(method, ME, *BASE, KEY))) for method in ("HEAD", "GET"))
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert head.endswith(b"\r\n\r\n")
    (length,) = re.findall(rb"content-length: (\d+)", head)
    assert len(get.partition(b"\r\n\r\n")[2]) == int(length)


def test_a_client_that_goes_away_does_no_harm(server: Server, key: str) -> None:
    for sent in (b"", b"GET", *good(key, request(*POST, LENGTH), request("GET", ME, HOST, KEY))):
        server.send(sent, half_close=True)
    assert server.call("GET", ME, key)[0] == 200


def test_a_revoked_key_is_dead_at_the_next_call_in_every_worker(server: Server) -> None:
    key = new_key(server, "revoked")
    with ThreadPoolExecutor(THREADS) as pool:
        before = Counter(pool.map(lambda _: server.call("GET", ME, key)[0], range(40)))
        server.manage("revoke_api_key", key.split("_")[2])
        after = Counter(pool.map(lambda _: server.call("GET", ME, key)[0], range(40)))
    assert (before, after) == ({200: 40}, {401: 40})


def test_when_the_server_stops_every_use_has_been_counted_and_no_key_is_in_its_log(server: Server) -> None:
    keys = [new_key(server, f"counted {number}") for number in range(KEYS)]
    kinds = [("GET", ME, 200), ("GET", "/v1/projects/proj_0", 404), ("GET", "/v1/api-keys", 403)]
    made = [(keys[number % KEYS], *kinds[number // KEYS % len(kinds)]) for number in range(KEYS * CALLS)]
    with ThreadPoolExecutor(THREADS) as pool:
        statuses = Counter(pool.map(lambda call: server.call(call[1], call[2], call[0])[0], made))
    server.call("GET", f"{ME}?access_token={keys[0]}")
    server.call("GET", f"/v1/nothing?key={keys[0]}", keys[0])
    wrong = keys[0][:23] + ("A" * 32 if keys[0][23:55] != "A" * 32 else "B" * 32)
    assert server.call("GET", ME, wrong + checksum(wrong))[0] == 401
    assert server.stop() == 0
    counts = server.ask(
        "from apikeys.models import APIKeyUsage, APIKeyCaller, APIKeyRequestBatch, APIKeyTry\n"
        "from django.db.models import Sum\n"
        "counted = {'key__name__startswith': 'counted'}\n"
        "rows = APIKeyUsage.objects.filter(**counted)\n"
        "by_route = rows.values_list('period', 'route', 'outcome').annotate(n=Sum('requests')).order_by()\n"
        "total = lambda model: model.objects.filter(**counted).aggregate(n=Sum('requests'))['n']\n"
        "answer = [sorted(by_route), total(APIKeyCaller), total(APIKeyTry),\n"
        "    APIKeyRequestBatch.objects.filter(**counted).aggregate(n=Sum('count'))['n']]\n"
    )
    expected = Counter(status for *_, status in made)
    assert statuses == expected
    assert counts == [
        [
            [period, route, outcome, expected[status]]
            for period in ("day", "hour")
            for route, outcome, status in (
                ("/v1/api-keys", "refused", 403),
                ("/v1/me", "ok", 200),
                ("/v1/projects/{id}", "invalid", 404),
            )
        ],
        KEYS * CALLS,
        1,
        KEYS * CALLS,
    ]
    log = server.log.read_text()
    assert "Traceback" not in log
    assert not [key for key in keys if key[20:] in log]
    server.start()


@pytest.mark.variant  # tests/apikeys/test_locks.py has each of its races
@pytest.mark.long
def test_two_rotations_under_load_cause_no_wrong_answer(server: Server) -> None:
    raws = [new_key(server, "rotated")]
    key_id = raws[0].split("_")[2]
    stop, rounds = threading.Event(), [0] * 16
    finish = (
        "from apikeys.services import find_keys, finish_rotation\n"
        f"answer = finish_rotation(find_keys('{key_id}').get()).public_id\n"
    )

    def call_all_the_time(number: int) -> Counter[int]:
        """Half of the clients take the new key at once, the others one call later."""
        seen: Counter[int] = Counter()
        raw = raws[0]
        while not stop.is_set():
            newest = raws[-1]
            seen[server.call("GET", ME, newest if number % 2 else raw)[0]] += 1
            raw = newest
            rounds[number] += 1
        return seen

    def wait_for_all() -> None:
        """Until every client has the new key and has ended its last call with the old one."""
        enough = [number + 3 for number in rounds]
        while any(number < goal for number, goal in zip(rounds, enough, strict=True)):
            time.sleep(0.05)

    with ThreadPoolExecutor(len(rounds)) as pool:
        clients = [pool.submit(call_all_the_time, number) for number in range(len(rounds))]
        try:
            for _ in range(2):
                raws.append(server.manage("rotate_api_key", key_id, "--grace", "3600"))
                wait_for_all()
                server.ask(finish)
        finally:
            stop.set()
    seen = sum((client.result() for client in clients), Counter[int]())
    assert list(seen) == [200]
    assert [server.call("GET", ME, raw)[0] for raw in raws] == [401, 401, 200]


@on_postgresql
def test_when_the_database_restarts_the_next_calls_and_pages_work(server: Server) -> None:
    keys = [new_key(server, f"restart {number}") for number in range(2)]
    cookie = f"sessionid={'a' * 32}"
    calls: list[tuple[str, str, str | None, dict[str, Any], int]] = [
        ("GET", ME, keys[0], {}, 200),
        ("POST", "/v1/projects", keys[0], {"json_body": {"name": "x"}}, 201),
        ("GET", ME, None, {"Cookie": cookie}, 401),
        ("GET", "/settings/profile/", None, {"Cookie": cookie}, 302),
        ("GET", "/login/", None, {"Cookie": cookie}, 200),
    ]

    def call(number: int) -> tuple[int, int]:
        method, path, key, more, expected = calls[number % len(calls)]
        return server.call(method, path, key, **more)[0], expected

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(3):
            assert not [pair for pair in pool.map(call, range(40)) if pair[0] != pair[1]]
            assert cut_connections() > 0
    assert server.call("GET", ME, keys[1])[0] == 200  # its first use, which is written
