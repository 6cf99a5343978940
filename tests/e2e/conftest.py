"""What every journey needs: a browser that complains of nothing, and a server that its pages name."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page whose browser has nothing to complain of, a violation of the policy above all."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The address of a running Craft whose examples call itself."""
    settings.API_URL = settings.WEB_URL = live_server.url
    return live_server.url
