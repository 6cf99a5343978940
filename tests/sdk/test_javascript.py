"""The JavaScript SDK against the real server: each file of sdk/javascript/test."""

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.sdk import node
from tests.sdk.server import Craft

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.xdist_group("javascript")]
FILES = sorted((node.FOLDER / "test").glob("*.test.js"))
# Servers of ill will, and races: their rules both SDKs share, and `make test` has Python's tests of them; of
# JavaScript's, it has answers that only look like Craft's (errors.test.js), and many calls and two processes
# that renew at once (oauth.test.js). Each method for keys is called by test_docs_reference.py.
VARIANTS = {"api-keys.test.js", "hostile-answers.test.js", "oauth-races.test.js"}
ROWS = [pytest.param(file, marks=[pytest.mark.variant] if file.name in VARIANTS else []) for file in FILES]


@pytest.fixture(scope="module")
def outputs(request: pytest.FixtureRequest, craft: Craft) -> Iterator[dict[Path, Future[str]]]:
    """What each file's run prints. They wait for time-outs more than they work, so that four run at once."""
    if missing := node.what_is_missing():
        pytest.skip(missing)
    environment = node.environment(craft)
    selected = {item.name for item in request.session.items}
    with ThreadPoolExecutor(4) as pool:
        yield {
            file: pool.submit(node.run, "node", "--test-reporter=spec", file, env=environment)
            for file in FILES
            if any(file.name in name for name in selected)
        }


@pytest.mark.parametrize("file", ROWS, ids=lambda file: file.name)
def test_every_test_of_the_javascript_sdk_passes_on_the_real_server(
    outputs: dict[Path, Future[str]], file: Path
) -> None:
    output = outputs[file].result()

    counts = dict(re.findall(r"^\S (\w+) (\d+)$", output, re.MULTILINE))
    assert int(counts["pass"]) >= 1, output
    assert (counts["fail"], counts["skipped"], counts["cancelled"]) == ("0", "0", "0"), output


def test_there_are_tests_of_the_javascript_sdk() -> None:
    assert FILES
