"""Dora makes apps; Alice and Bob connect them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from tests.api.oauth.flow import CALLBACK, App, make_app


@pytest.fixture
def app(dora: User) -> App:
    """Confidential; may ask for read, write and delete."""
    return make_app(dora)


@pytest.fixture
def public_app(dora: User) -> App:
    """A native app: no secret, PKCE, a loopback address and a web page."""
    return make_app(
        dora,
        name="Acme Desktop",
        is_public=True,
        redirect_uris=f"{CALLBACK}\nhttp://127.0.0.1/callback\nhttp://[::1]/callback\nhttp://localhost:4000/cb",
    )


@pytest.fixture
def other_app(dora: User) -> App:
    """Another confidential app with the same redirect URI."""
    return make_app(dora, name="Globex Mail")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that stands still until it is shifted."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller
