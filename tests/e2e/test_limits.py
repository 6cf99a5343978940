"""Rate limits of the real server, whose processes share their counters in Redis."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from django.conf import settings

from tests.e2e.server import Server, serving

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not settings.REDIS_URL, reason="this run has no Redis"),
]
PROCESSES, CALLS, LIMIT = 8, 50, 100
OWN_DATABASE = 15  # the workers of the test run count up from 0


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(
        tmp_path_factory.mktemp("limits"),
        WORKERS=str(PROCESSES),
        # The day's window, so that a slow machine does not see the next one open.
        RATE_LIMITS=f"free=-/-/{LIMIT},address=-",
        REDIS_URL=f"{settings.REDIS_URL.partition('?')[0]}?{urlencode({'db': OWN_DATABASE})}",
    ) as running:
        yield running


def test_eight_processes_let_exactly_the_limit_through(server: Server) -> None:
    key = server.manage("create_api_key", "alice@example.com", "--name", "busy", "--permission", "read-only")

    with ThreadPoolExecutor(CALLS) as threads:
        answers = threads.map(lambda _: server.call("GET", "/v1/me", key)[0], range(PROCESSES * CALLS))
        found = Counter(answers)

    assert found == {200: LIMIT, 429: PROCESSES * CALLS - LIMIT}
