"""That a call of /v1 has not become much slower, told by CPU time beside a bare view in the same process.

`make bench` measures; this notices. The bounds are far below what is measured: 1.5 uncounted, 1.2 counted.
"""

import pytest
from django.conf import settings

from tests.bench.in_process import measure


@pytest.mark.variant  # it asserts a time, of which every other test is free
@pytest.mark.django_db(transaction=True)  # Django closes a connection that is in one when a request ends
@pytest.mark.skipif(not settings.REDIS_URL, reason="compares calls that are counted in Valkey")
def test_a_call_takes_no_more_cpu_than_a_bare_view_with_one_query() -> None:
    ratios = measure()

    assert ratios["uncounted"] > 1.1, ratios
    assert ratios["counted"] > 0.8, ratios
