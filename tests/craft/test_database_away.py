"""The database is paused, cut off, full of connections: what callers are told meanwhile, and afterwards."""

import http.client
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from accounts.utils import patience
from accounts.utils.postgresql.connection import BoundedConnection
from tests.craft.postgresql import ROLE, Cluster, cluster
from tests.e2e.server import Server, on_postgresql

pytestmark = [pytest.mark.server, on_postgresql]
ENVELOPE = {
    "code": "SERVICE_UNAVAILABLE",
    "message": "Craft cannot answer right now. Nothing was changed.",
    "retryAfter": 2,
}
UNTIL_SECONDS = 60  # much more than it takes, for a busy machine


@pytest.fixture(scope="module")
def database() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(scope="module")
def server(database: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    craft = Server(tmp_path_factory.mktemp("server"), database.url)
    craft.environ |= {"WORKERS": "1", "THREADS": "4", "STORAGE_URL": f"file://{craft.log.parent}/files"}
    craft.manage("create_user", "alice@example.com", "--name", "Alice Owner")
    craft.start()
    try:
        yield craft
    finally:
        craft.stop()


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    made = server.manage("create_api_key", "alice@example.com", "--name", "CI", "--permission", "read-only")
    server.shell.close()  # its connection would hang like all others
    server._shell = None
    return made


def ask(server: Server, path: str, key: str | None = None, **headers: str) -> tuple[int, str, str | None]:
    """(status, body, Retry-After), as soon as it comes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=UNTIL_SECONDS)
    try:
        given = {"Authorization": f"Bearer {key}"} if key else {}
        connection.request("GET", path, headers=given | headers)
        response = connection.getresponse()
        return response.status, response.read().decode(), response.headers["Retry-After"]
    finally:
        connection.close()


def wait_until_well(server: Server, key: str) -> None:
    """Until calls and probes are answered as before."""
    deadline = time.monotonic() + UNTIL_SECONDS
    while ask(server, "/v1/me", key)[0] != 200 or ask(server, "/readyz")[0] != 200:
        assert time.monotonic() < deadline, server.log.read_text()
        time.sleep(0.2)


def check_refused(server: Server, key: str) -> None:
    """Every way in is refused with 503 in its own words."""
    status, body, retry_after = ask(server, "/v1/me", key)
    assert (status, json.loads(body)["error"], retry_after) == (503, ENVELOPE, "2")
    for path in ("/settings/", "/login/"):
        status, body, retry_after = ask(server, path, Cookie=f"sessionid={'x' * 32}")
        assert (status, retry_after) == (503, "2")
        assert "<h1>Craft cannot answer right now</h1>" in body
    # The preview host has nothing of those pages: neither their style nor their links lead anywhere there.
    preview = f"harbour.preview.localhost:{server.port}"
    status, body, _ = ask(server, "/", Host=preview)
    assert (status, body) == (503, "Craft cannot answer right now. Try again in a moment.\n")
    assert ask(server, "/healthz")[0] == 200


def test_a_paused_database_holds_nobody_for_long_not_even_who_queues(
    server: Server, key: str, database: Cluster
) -> None:
    wait_until_well(server, key)
    database.pause()
    try:
        started = time.monotonic()
        with ThreadPoolExecutor(24) as callers:
            answers = list(callers.map(lambda _: ask(server, "/v1/me", key), range(24)))
        # Of 24 callers of four threads, the last would else wait six times as long.
        assert time.monotonic() - started < 3 * patience.REQUEST_SECONDS
        assert {status for status, *_ in answers} == {503}
        check_refused(server, key)
        status, body, _ = ask(server, "/readyz")
        assert (status, json.loads(body)["database"]) == (503, "does not answer")
    finally:
        database.go_on()
    wait_until_well(server, key)


def test_a_process_whose_threads_all_wait_for_the_database_says_soon_that_it_is_alive(
    server: Server, key: str, database: Cluster
) -> None:
    wait_until_well(server, key)
    with ThreadPoolExecutor(12) as callers:  # of four threads, each of which has a connection after this
        list(callers.map(lambda _: ask(server, "/v1/me", key), range(200)))
    database.pause()
    try:
        with ThreadPoolExecutor(12) as callers:
            calls = [callers.submit(ask, server, "/v1/me", key) for _ in range(12)]
            time.sleep(0.5)
            started = time.monotonic()
            found = [ask(server, path)[0] for path in ("/healthz", "/readyz")]
            # Long before the calls that held all threads might have ended by themselves.
            assert time.monotonic() - started < patience.REQUEST_SECONDS - 1
            assert found == [200, 503]
            assert {call.result()[0] for call in calls} == {503}
    finally:
        database.go_on()
    wait_until_well(server, key)


def test_a_database_out_of_connections_is_503_until_there_is_one_again(
    server: Server, key: str, database: Cluster
) -> None:
    wait_until_well(server, key)
    database.run(f"ALTER ROLE {ROLE} CONNECTION LIMIT 0")
    database.cut()
    try:
        check_refused(server, key)
    finally:
        database.run(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")
    wait_until_well(server, key)


@pytest.mark.variant  # tests/accounts/test_database_faults.py has each such state
def test_a_statement_that_the_server_ends_is_503(server: Server, key: str, database: Cluster) -> None:
    wait_until_well(server, key)
    database.run(f"ALTER ROLE {ROLE} SET lock_timeout = '100ms'")
    database.cut()
    try:
        with psycopg.connect(host=str(database.folder), user="craft") as other:
            other.execute("LOCK TABLE apikeys_apikey")
            status, body, _ = ask(server, "/v1/me", key)
            other.rollback()
        assert (status, json.loads(body)["error"]) == (503, ENVELOPE)
    finally:
        database.run(f"ALTER ROLE {ROLE} RESET lock_timeout")
        database.cut()
    wait_until_well(server, key)


def test_each_refused_call_is_one_line_of_the_log_and_none_is_a_traceback(
    server: Server, key: str, database: Cluster
) -> None:
    wait_until_well(server, key)
    server.log.write_text("")
    database.run(f"ALTER ROLE {ROLE} NOLOGIN")
    database.cut()
    try:
        check_refused(server, key)
    finally:
        database.run(f"ALTER ROLE {ROLE} LOGIN")
    wait_until_well(server, key)
    log = server.log.read_text()
    assert "Traceback" not in log
    public = re.match("craft_key_.{12}", key)
    assert public is not None
    calls = [line for line in log.splitlines() if " GET /v1/me 503 in " in line]
    assert calls
    assert all(f"for 127.0.0.1 with {public[0]}: " in line for line in calls)
    assert len([line for line in log.splitlines() if " GET /settings/ 503 in " in line]) == 1


@pytest.mark.parametrize("way", ["url", pytest.param("socket_url", marks=pytest.mark.variant)])  # one libpq
def test_a_query_ends_by_itself_when_the_server_is_paused(database: Cluster, way: str) -> None:
    time.sleep(patience.SILENT_SECONDS)  # what the test before found out
    patience.begin()
    with BoundedConnection.connect(getattr(database, way), autocommit=True) as connection:
        patience.begin(1)
        database.pause()
        try:
            with pytest.raises(psycopg.OperationalError, match="did not answer in time"):
                connection.execute("SELECT 1")
            assert connection.closed
            patience.begin()
            with pytest.raises(psycopg.OperationalError, match="answered nobody a moment ago"):
                BoundedConnection.connect(getattr(database, way))
        finally:
            database.go_on()
