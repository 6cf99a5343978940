"""Fixtures of the SDKs' tests: one server for all of them, and no proxy on the way to it."""

from collections.abc import Iterator

import pytest

from tests.sdk.python import account, admin, admin_token, app, client, email, make, make_oauth, tokens
from tests.sdk.server import Craft, serving

# Fixtures of the Python SDK's tests.
__all__ = ["account", "admin", "admin_token", "app", "client", "email", "make", "make_oauth", "tokens"]


@pytest.fixture(scope="session")
def craft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Craft]:
    """A running server. Accounts of the plan `internal` have no limits; `free` has six calls a minute."""
    limits = "free=6/-/-,address=-,oauth=-"
    folder = tmp_path_factory.mktemp("craft")
    with serving(folder, RATE_LIMITS=limits, FILE_MAX_BYTES=str(32 * 2**20)) as craft:
        yield craft


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, and no credential or address of the developer's own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    for name in ("CRAFT_API_KEY", "CRAFT_BASE_URL", "CRAFT_WEB_URL"):
        monkeypatch.delenv(name, raising=False)
