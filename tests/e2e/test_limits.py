"""Rate limits of the real server, whose processes share their counters in Redis, if they have it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings

from tests.e2e.server import ANSWER_SECONDS, Server, serving

pytestmark = pytest.mark.server
PROCESSES, CALLS, LIMIT = 3, 50, 60
OWN_DATABASE = 15  # the workers of the test run count up from 0
WARNING = "Rate limits are counted by each process for itself"


@pytest.mark.variant  # tests/api/quota/test_counter.py asks Redis from eight threads
@pytest.mark.long
@pytest.mark.skipif(not settings.REDIS_URL, reason="this run has no Redis")
def test_several_processes_let_exactly_the_limit_through(tmp_path: Path) -> None:
    with serving(
        tmp_path,
        WORKERS=str(PROCESSES),
        # The day's window, so that a slow machine does not see the next one open.
        RATE_LIMITS=f"free=-/-/{LIMIT},address=-",
        REDIS_URL=f"{settings.REDIS_URL.partition('?')[0]}?{urlencode({'db': OWN_DATABASE})}",
    ) as server:
        key = server.manage(
            "create_api_key", "alice@example.com", "--name", "busy", "--permission", "read-only"
        )

        with ThreadPoolExecutor(CALLS) as threads:
            answers = threads.map(lambda _: server.call("GET", "/v1/me", key)[0], range(PROCESSES * CALLS))
            found = Counter(answers)

    assert found == {200: LIMIT, 429: PROCESSES * CALLS - LIMIT}
    assert WARNING not in server.log.read_text()


def try_password(server: Server) -> str:
    """Send a wrong password for Alice; what the page says."""
    token = "x" * 32
    connection = HTTPConnection("127.0.0.1", server.port, timeout=ANSWER_SECONDS)
    try:
        connection.request(
            "POST",
            "/login/",
            urlencode({"login": "alice@example.com", "password": "wrong", "csrfmiddlewaretoken": token}),
            {"Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"},
        )
        page = connection.getresponse().read().decode()
    finally:
        connection.close()
    return next(words for words in ("password is wrong", "Too many tries. Wait five", "") if words in page)


@pytest.mark.variant  # tests/accounts/test_tries.py counts many at once
@pytest.mark.long
def test_processes_without_the_shared_cache_look_at_five_passwords_in_all(tmp_path: Path) -> None:
    with (
        serving(tmp_path, WORKERS="2", REDIS_URL="redis://127.0.0.1:1/0") as server,
        ThreadPoolExecutor(8) as threads,
    ):
        found = Counter(threads.map(lambda _: try_password(server), range(24)))
    assert found == {"password is wrong": 5, "Too many tries. Wait five": 19}


@pytest.mark.variant  # tests/craft/test_serve_notes.py has the words
@pytest.mark.parametrize(
    ("workers", "meaning"), [("1", "itself; a"), ("3", "so up to 3 times a limit can pass; a")]
)
def test_the_start_up_log_says_what_no_redis_means(tmp_path: Path, workers: str, meaning: str) -> None:
    with serving(tmp_path, WORKERS=workers) as server:
        pass

    log = server.log.read_text()
    assert WARNING in log
    assert meaning in log
