"""The JavaScript SDK against the real server: all of sdk/javascript/test."""

import re

import pytest

from tests.sdk import node
from tests.sdk.server import Craft

pytestmark = [pytest.mark.server, pytest.mark.long]
TESTS = node.FOLDER / "test"
FIRST = "rate-limit.test.js"  # waits for a minute to pass, while the others run


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Skip, and say so, where Node is missing or too old."""
    if missing := node.what_is_missing():
        pytest.skip(missing)


def test_every_test_of_the_javascript_sdk_passes_on_the_real_server(craft: Craft) -> None:
    files = sorted(TESTS.glob("*.test.js"), key=lambda file: (file.name != FIRST, file.name))

    output = node.run(
        "node",
        "--test",
        "--test-concurrency=4",
        "--test-reporter=spec",
        *files,
        env=node.environment(craft),
    )

    counts = dict(re.findall(r"^\S (\w+) (\d+)$", output, re.MULTILINE))
    assert int(counts["pass"]) >= len(files), output
    assert (counts["fail"], counts["skipped"], counts["cancelled"]) == ("0", "0", "0"), output
