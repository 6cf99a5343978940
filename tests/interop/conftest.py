"""Fixtures of the interoperability tests: the server, a person, and Node."""

from collections.abc import Iterator

import pytest

from tests.interop import npm
from tests.interop.person import Person
from tests.interop.server import EMAIL, PASSWORD, Craft, running_craft


@pytest.fixture(scope="session")
def craft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Craft]:
    """One real server for all of them."""
    with running_craft(tmp_path_factory.mktemp("craft")) as craft:
        yield craft


@pytest.fixture
def person(craft: Craft) -> Person:
    """Somebody with an account, not signed in."""
    return Person(craft.url, EMAIL, PASSWORD)


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is on this machine: no proxy, and the libraries are told that http is meant."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture(scope="session")
def run_node() -> npm.Run:
    """Run a script of tests/interop/node, where this machine can."""
    if missing := npm.what_is_missing():
        pytest.skip(missing)
    return npm.run
