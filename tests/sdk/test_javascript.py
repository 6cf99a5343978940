"""The JavaScript SDK against the real server: each file of sdk/javascript/test."""

import re
from pathlib import Path

import pytest

from tests.sdk import node
from tests.sdk.server import Craft

pytestmark = [pytest.mark.server, pytest.mark.long]
FILES = sorted((node.FOLDER / "test").glob("*.test.js"))


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Skip, and say so, where Node is missing or too old."""
    if missing := node.what_is_missing():
        pytest.skip(missing)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_test_of_the_javascript_sdk_passes_on_the_real_server(craft: Craft, file: Path) -> None:
    output = node.run("node", "--test", "--test-reporter=spec", file, env=node.environment(craft))

    counts = dict(re.findall(r"^\S (\w+) (\d+)$", output, re.MULTILINE))
    assert int(counts["pass"]) >= 1, output
    assert (counts["fail"], counts["skipped"], counts["cancelled"]) == ("0", "0", "0"), output


def test_there_are_tests_of_the_javascript_sdk() -> None:
    assert FILES
