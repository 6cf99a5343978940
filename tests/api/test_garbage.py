"""What a call makes is free with its answer: to collect it as garbage took 10 us a call."""

import gc
from collections.abc import Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from apikeys import usage
from apikeys.models import APIKey
from tests.cases import cases

Key = tuple[APIKey, str]


@pytest.fixture
def _by_hand() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@cases("path", ["/v1/me", "/v1/projects", "/v1/api-keys/{uid}"])
@pytest.mark.usefixtures("_by_hand")
def test_a_call_leaves_nothing_to_the_garbage_collector(path: str, read_only: Key) -> None:
    key, raw_key = read_only
    get_response = WSGIHandler().get_response  # the test client keeps what came of a request

    def call() -> None:
        request = RequestFactory().get(
            path.format(uid=key.uid), headers={"authorization": f"Bearer {raw_key}"}
        )
        assert get_response(request).status_code in (200, 403)

    for _ in range(3):  # the first ones load and remember
        call()
    usage.flush()
    gc.collect()
    call()
    assert gc.collect() == 0
