"""Takes a picture of every page in light, dark and at 390 px: `make screenshots` → test-results/screenshots/.

Not part of `make test`. With README=1 it also writes the pictures that README.md shows.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from api.oauth.services.applications import create_app
from api.oauth.services.grants import grant_access
from apikeys import usage
from apikeys.services import create_key, delete_key
from tests.apikeys.uses import use
from tests.fixtures import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "test-results" / "screenshots"
SCREENS: dict[str, tuple[Literal["light", "dark"], int]] = {
    "light": ("light", 1280),
    "dark": ("dark", 1280),
    "phone": ("light", 390),
}
SIGNED_OUT = ("/login/", "/signup/", "/password/reset/", "/nothing-here/", "/docs/authentication/")
SETTINGS = (
    "/settings/",
    "/settings/profile/",
    "/settings/security/",
    "/settings/activity/",
    "/settings/connected-apps/",
    "/settings/developer-apps/",
    "/settings/developer-apps/new/",
    "/docs/",
    "/docs/authentication/",
    "/docs/api/listProjects/",
    "/settings/api-keys/",
    "/settings/api-keys/new/",
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=SCREENS, ids=str)
def screen(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[tuple[str, Page]]:
    """(name of the screen, a page in it)."""
    scheme, width = SCREENS[request.param]
    context = browser.new_context(
        base_url=live_server.url, color_scheme=scheme, viewport={"width": width, "height": 820}
    )
    yield request.param, context.new_page()
    context.close()


def take(page: Page, name: str, screen: str) -> None:
    """One picture of the whole page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(
        path=FOLDER / f"{name.strip('/').replace('/', '-') or 'root'}-{screen}.png", full_page=True
    )


def furnish(user: User) -> None:
    """Keys in every state that the list can show."""
    used, _ = create_key(user, name="Reports bot", permission="read-only")
    create_key(user, name="Deploy from CI", permission="read-write")
    create_key(user, name="Nightly export with a rather long name", permission="read-write")
    ended, _ = create_key(user, name="Import, first try", permission="read-only")
    delete_key(ended)
    app, _ = create_app(user, name="Acme Sync", redirect_uris="https://app.acme.com/callback")
    grant_access(user, app, ["read", "write"])
    for _ in range(1204):
        use(used)
    usage.flush()


def test_pages(screen: tuple[str, Page], alice: User) -> None:
    name, page = screen
    for path in SIGNED_OUT:
        page.goto(path)
        take(page, path, name)

    page.goto("/login/")
    page.get_by_label("E-mail").fill(alice.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/settings/**")
    page.goto("/settings/api-keys/")
    take(page, "/settings/api-keys-empty/", name)

    furnish(alice)
    for path in SETTINGS:
        page.goto(path)
        take(page, path, name)
        if os.environ.get("README") and name == "light" and path == "/settings/api-keys/":
            page.screenshot(path=ROOT / "docs" / "api-keys.png")
    page.get_by_label("Name").fill("Status page")
    page.get_by_role("button", name="Create key").click()
    page.wait_for_selector("text=Copy your key now")
    take(page, "/settings/api-keys-secret/", name)
