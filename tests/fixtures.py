"""The cast: Alice owns, Bob is a stranger, Sam is staff, Dora develops apps. And the ways they call."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import create_user
from apikeys.models import APIKey
from apikeys.services import create_key
from tests.sessions import cookies_of, known_browser_of

PASSWORD = "correct-horse-battery"


@pytest.fixture
def alice(db: None) -> User:
    return create_user(email="alice@example.com", name="Alice Owner", password=PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    return create_user(email="bob@example.com", name="Bob Stranger", password=PASSWORD)


@pytest.fixture
def sam(db: None) -> User:
    return create_user(email="sam@example.com", name="Sam Staff", password=PASSWORD, staff=True)


def sign_in(user: User, **kwargs: Any) -> Client:
    """A browser that the account knows and that has just signed in through the page."""
    browser = Client(**kwargs)
    browser.cookies.load(known_browser_of(user))
    response = browser.post("/login/", {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302, response.content
    return browser


def signed_in(user: User) -> Client:
    """A browser that has just signed in, without the page: for tests that are not about that."""
    browser = Client()
    for name, value in cookies_of(user).items():
        browser.cookies[name] = value
    return browser


def age_sign_in(browser: Client, seconds: int) -> None:
    """Make the browser's newest authentication that much older."""
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - seconds
    session.save()


@pytest.fixture
def dora(db: None) -> User:
    return create_user(email="dora@example.com", name="Dora Developer", password=PASSWORD)


@pytest.fixture
def alice_browser(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def bob_browser(bob: User) -> Client:
    return signed_in(bob)


@pytest.fixture
def sam_browser(sam: User) -> Client:
    return signed_in(sam)


@pytest.fixture
def read_only(alice: User) -> tuple[APIKey, str]:
    """Alice's read-only key: (row, raw key)."""
    return create_key(alice, name="Reports bot", permission="read-only")


@pytest.fixture
def read_write(alice: User) -> tuple[APIKey, str]:
    """Alice's read-write key: (row, raw key)."""
    return create_key(alice, name="Deploy from CI", permission="read-write")


API = Callable[..., Any]


@pytest.fixture
def api(db: None) -> API:
    """Call /v1 as a program: `api("GET", "/v1/me", raw_key, json={…}, headers={…})`."""

    def call(
        method: str,
        path: str,
        raw_key: str | None = None,
        *,
        json: Any = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> Any:
        sent = dict(headers or {})
        if raw_key is not None:
            sent["Authorization"] = f"Bearer {raw_key}"
        if json is not None:
            return Client().generic(
                method, path, data=_dump(json), content_type="application/json", headers=sent, **extra
            )
        return Client().generic(method, path, headers=sent, **extra)

    return call


def _dump(value: Any) -> bytes:
    import orjson

    return orjson.dumps(value)
