"""Who calls: Alice's session, an app with `admin`, and what may not administer."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from apikeys.models import APIKey
from tests.api.account.callers import Call, calling, make_admin_app, token_of
from tests.api.oauth.flow import App, make_app


@pytest.fixture
def app(dora: User) -> App:
    """May ask for read, write and delete."""
    return make_app(dora)


@pytest.fixture
def admin_app(dora: User) -> App:
    """May ask for admin too."""
    return make_admin_app(dora)


@pytest.fixture
def session(alice_browser: Client) -> Call:
    """Alice, who signed in a moment ago."""
    return calling(alice_browser)


@pytest.fixture
def admin(alice_browser: Client, admin_app: App) -> Call:
    """The app with `admin`, for Alice."""
    return calling(Client(), token_of(alice_browser, admin_app))


@pytest.fixture
def bobs_session(bob_browser: Client) -> Call:
    """Bob, who signed in a moment ago."""
    return calling(bob_browser)


@pytest.fixture(params=["session", "admin"])
def anyone(request: pytest.FixtureRequest) -> Call:
    """Each of the two that may administer Alice's account."""
    call: Call = request.getfixturevalue(request.param)
    return call


@pytest.fixture(params=["read-only", "read-write", "app"])
def without_admin(
    request: pytest.FixtureRequest,
    alice_browser: Client,
    app: App,
    read_only: tuple[APIKey, str],
    read_write: tuple[APIKey, str],
) -> Call:
    """Each that may not: both kinds of key, and an app with all scopes but admin."""
    if request.param == "app":
        return calling(Client(), token_of(alice_browser, app, "read write delete"))
    return calling(Client(), {"read-only": read_only, "read-write": read_write}[request.param][1])


@pytest.fixture
def one_call_a_minute(settings: Settings) -> None:
    """The second call of anybody is refused."""
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "free": (1, None, None), "address": (1,)}
