"""Apps in a real browser: a developer registers one, people allow it, deny it and end it."""

import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.services import create_user
from accounts.web.client import Client
from api.oauth.models import Application, Grant
from api.oauth.redirect_uris import agreed_host
from api.oauth.services import applications, client_secrets, last_use
from api.oauth.services.failed_requests import note_failure
from api.oauth.services.grants import grant_access
from tests.api.oauth.flow import App, call, exchange
from tests.fixtures import PASSWORD
from tests.looks import LOOKS, is_fit
from tests.mailbox import mailbox

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = re.compile(r"craft_ocs_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")
STATE = "a&b=c d%20+é"
FAR = Client("2001:db8:85a3:8d3:1319:8a2e:370:7348", "python-requests/2.32.3")
LONG = "Reports for Agencies and Small Teams that Never End " * 2


@dataclass
class Arrivals:
    """An app's own web server: what browsers come back with."""

    callback: str = ""
    queries: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def arrivals() -> Iterator[Arrivals]:
    """The app's server, on another origin than Craft's."""
    seen = Arrivals()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.queries.append(dict(parse_qsl(urlsplit(self.path).query)))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(
                b'<!doctype html><link rel="icon" href="data:,"><title>App</title><h1>Welcome back</h1>'
            )

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.callback = f"http://127.0.0.1:{server.server_port}/callback"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def dora() -> User:
    return create_user(email="dora@example.com", name="Dora Developer", password=PASSWORD)


@pytest.fixture
def app(dora: User, arrivals: Arrivals) -> App:
    return App(*applications.create_app(dora, name="Acme Sync", redirect_uris=arrivals.callback))


def link(site: str, app: App, scope: str = "read write delete") -> str:
    asked = {
        "client_id": app.id,
        "redirect_uri": app.row.redirect_uri_list[0],
        "response_type": "code",
        "scope": scope,
        "state": STATE,
    }
    return f"{site}/oauth/authorize?{urlencode(asked)}"


def enter(page: Page, email: str = "alice@example.com") -> None:
    """Fill in the sign-in form that is shown."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def came_back(page: Page, arrivals: Arrivals) -> dict[str, str]:
    """The browser is at the app's; what it brought."""
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    return arrivals.queries[-1]


# --- Consent


def test_a_person_signs_in_allows_an_app_and_ends_it(
    quiet: Page, site: str, alice: User, app: App, arrivals: Arrivals
) -> None:
    quiet.goto(link(site, app))
    enter(quiet)
    expect(quiet.get_by_role("heading", name="Acme Sync wants to act for you")).to_be_visible()
    expect(quiet.get_by_text("alice@example.com")).to_be_visible()
    expect(quiet.get_by_text("Dangerous")).to_be_visible()
    assert quiet.evaluate("document.activeElement === document.body")
    quiet.get_by_role("button", name="Allow").click()
    brought = came_back(quiet, arrivals)
    assert brought["state"] == STATE
    assert brought["iss"] == site
    tokens = exchange(app, brought["code"], redirect_uri=arrivals.callback).json()
    assert call(tokens["access_token"]).status_code == 200

    last_use.flush()
    quiet.goto(f"{site}/settings/connected-apps/")
    row = quiet.get_by_role("row", name="Acme Sync")
    expect(row).to_contain_text("View, create, change and delete")
    expect(row).to_contain_text("just now")
    row.get_by_role("link", name="Revoke access of Acme Sync").click()
    dialog = quiet.get_by_role("dialog", name="Revoke access of “Acme Sync”?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    row.get_by_role("link", name="Revoke access of Acme Sync").click()
    dialog.get_by_role("button", name="Revoke access").click()
    expect(quiet.get_by_text("has no access any more")).to_be_visible()
    assert call(tokens["access_token"]).status_code == 401


@pytest.mark.variant  # tests/api/oauth/test_consent.py has it by a client
def test_a_person_says_no(quiet: Page, site: str, alice: User, app: App, arrivals: Arrivals) -> None:
    quiet.goto(link(site, app))
    enter(quiet)
    quiet.get_by_role("button", name="Deny").click()
    brought = came_back(quiet, arrivals)
    assert (brought["error"], brought["state"], brought["iss"]) == ("access_denied", STATE, site)
    assert not Grant.objects.exists()


@pytest.mark.variant  # tests/api/oauth/test_consent_skipped.py has it
def test_what_was_allowed_is_not_asked_again_and_more_is_marked_as_new(
    quiet: Page, site: str, alice: User, app: App, arrivals: Arrivals
) -> None:
    grant_access(alice, app.row, ["read"], host=agreed_host(arrivals.callback))
    quiet.goto(link(site, app, scope="read"))
    enter(quiet)
    assert "code" in came_back(quiet, arrivals)
    quiet.goto(link(site, app, scope="read write"))
    new = quiet.get_by_role("listitem").filter(has_text="Not part of what you allowed")
    expect(new).to_contain_text("Create and change projects")
    expect(new).to_contain_text("New")


@pytest.mark.variant  # tests/api/oauth/test_sign_in_first.py has it
def test_somebody_new_signs_up_and_comes_back_to_the_same_question(
    quiet: Page, site: str, app: App, arrivals: Arrivals
) -> None:
    quiet.goto(link(site, app))
    quiet.get_by_role("link", name="Create an account").click()
    quiet.get_by_label("Name").fill("Nina New")
    quiet.get_by_label("E-mail").fill("nina@example.com")
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button", name="Create account").click()
    expect(quiet.get_by_role("heading", name="Enter your code")).to_be_visible()
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mailbox()[0].body), re.MULTILINE)
    assert code is not None
    quiet.get_by_label("Code").fill(code[1])
    quiet.get_by_role("button", name="Continue").click()
    expect(quiet.get_by_text("nina@example.com")).to_be_visible()
    quiet.get_by_role("button", name="Allow").click()
    assert came_back(quiet, arrivals)["state"] == STATE
    assert Grant.objects.get().user.email == "nina@example.com"


@pytest.mark.variant  # tests/api/oauth/test_sign_in_first.py has it
def test_not_you_leads_to_another_person_and_the_same_question(
    quiet: Page, site: str, alice: User, bob: User, app: App, arrivals: Arrivals
) -> None:
    quiet.goto(link(site, app))
    enter(quiet)
    quiet.get_by_role("button", name="Not you?").click()
    enter(quiet, "bob@example.com")
    expect(quiet.get_by_text("bob@example.com")).to_be_visible()
    quiet.get_by_role("button", name="Allow").click()
    assert came_back(quiet, arrivals)["state"] == STATE
    assert Grant.objects.get().user == bob


# --- The developer's pages


def test_a_developer_registers_an_app_and_exchanges_its_secret(
    quiet: Page, site: str, alice: User, arrivals: Arrivals
) -> None:
    quiet.goto(f"{site}/settings/developer-apps/")
    enter(quiet)
    quiet.get_by_role("link", name="Create an app").click()
    quiet.get_by_label("Name", exact=True).fill("Acme Sync")
    quiet.get_by_label("Redirect URIs").fill(arrivals.callback)
    quiet.get_by_role("checkbox", name="write").check()
    quiet.get_by_role("button", name="Create app").click()
    expect(quiet.get_by_role("heading", name="Copy your client secret now")).to_be_visible()
    first = quiet.get_by_label("Client secret", exact=True).inner_text()
    assert SECRET.fullmatch(first)
    quiet.get_by_role("link", name="Edit them").click()
    quiet.go_back()
    expect(quiet.get_by_role("heading", name="Acme Sync")).to_be_visible()
    expect(quiet.get_by_text(first)).to_have_count(0)

    row = Application.objects.get()
    quiet.goto(f"{site}/settings/developer-apps/{row.client_id}/")
    address = quiet.get_by_label("Link", exact=True).inner_text()
    quiet.get_by_role("link", name="Add a secret").click()
    quiet.get_by_role("button", name="Add secret").click()
    second = quiet.get_by_label("Client secret", exact=True).inner_text()
    assert SECRET.fullmatch(second)
    assert second != first
    quiet.goto(f"{site}/settings/developer-apps/{row.client_id}/")
    quiet.get_by_role("row", name=first[:22]).get_by_role("link", name="Delete…").click()
    quiet.get_by_role("dialog").get_by_role("button", name="Delete secret").click()
    expect(quiet.get_by_text(f"{first[:22]} is deleted")).to_be_visible()

    quiet.goto(address)  # the page's own link, pasted
    quiet.get_by_role("button", name="Allow").click()
    code = came_back(quiet, arrivals)["code"]
    assert exchange(App(row, first), code, redirect_uri=arrivals.callback).status_code == 401
    assert exchange(App(row, second), code, redirect_uri=arrivals.callback).status_code == 200
    quiet.goto(f"{site}/settings/developer-apps/{row.client_id}/")
    expect(quiet.get_by_role("row", name="invalid_client")).to_contain_text("It may have been deleted.")


@pytest.mark.variant  # test_developer_apps has the rule, the keys' journey the dialog
def test_an_app_that_people_use_is_deleted_only_with_its_name(
    quiet: Page, site: str, dora: User, alice: User, app: App
) -> None:
    grant_access(alice, app.row, ["read"])
    quiet.goto(f"{site}/settings/developer-apps/{app.id}/")
    enter(quiet, "dora@example.com")
    quiet.get_by_role("link", name="Delete…", exact=True).click()
    dialog = quiet.get_by_role("dialog", name="Delete “Acme Sync”?")
    expect(dialog).to_contain_text("1 person is connected")
    expect(dialog.get_by_role("button", name="Delete app")).to_be_disabled()
    dialog.get_by_label("To delete it, type Acme Sync").fill("Acme Sync")
    dialog.get_by_role("button", name="Delete app").click()
    expect(quiet.get_by_text("Acme Sync is deleted.")).to_be_visible()
    assert not Application.objects.exists()


@pytest.mark.variant  # a client of tests/api/oauth runs no script either
def test_all_of_it_works_without_a_script(
    browser: Browser, site: str, dora: User, alice: User, arrivals: Arrivals
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/settings/developer-apps/new/")
    enter(page, "dora@example.com")
    page.get_by_label("Name", exact=True).fill("Acme Sync")
    page.get_by_label("Redirect URIs").fill(arrivals.callback)
    page.get_by_role("button", name="Create app").click()
    app = App(Application.objects.get(), page.get_by_label("Client secret", exact=True).inner_text())
    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="Disable…").click()
    page.get_by_role("button", name="Disable app").click()
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_text("Acme Sync is enabled.")).to_be_visible()

    page.goto(link(site, app, scope="read"))
    page.get_by_role("button", name="Not you?").click()
    enter(page)
    page.get_by_role("button", name="Allow").click()
    assert exchange(app, came_back(page, arrivals)["code"], redirect_uri=arrivals.callback).status_code == 200
    page.goto(f"{site}/settings/connected-apps/")
    page.get_by_role("link", name="Revoke access of Acme Sync").click()
    page.get_by_role("button", name="Revoke access").click()
    expect(page.get_by_text("No connected apps")).to_be_visible()
    context.close()


# --- How it looks


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_about_apps_is_accessible_and_fits(
    quiet: Page, site: str, dora: User, app: App, width: int, scheme: str
) -> None:
    client_secrets.add_secret(app.row)
    long, _ = applications.create_app(dora, name=LONG[:100], redirect_uris="https://a.example/" + "x" * 200)
    applications.set_admin_enabled(long, enabled=True)
    everything = ["read", "write", "delete", "admin"]
    applications.change_app(long, name=LONG[:100], redirect_uris=long.redirect_uris, scopes=everything)
    grant_access(dora, app.row, ["read"])
    grant_access(dora, long, ["read", "delete", "admin"])
    note_failure(app.row, "invalid_grant", "The code has expired. It lives 60 seconds.", FAR)
    applications.create_app(dora, name="Desktop", redirect_uris="http://127.0.0.1/cb", is_public=True)
    applications.set_disabled(Application.objects.get(name="Desktop"), disabled=True)
    secret = app.row.secrets.first().public_id
    quiet.goto(f"{site}/settings/developer-apps/")
    enter(quiet, "dora@example.com")
    about = f"/settings/developer-apps/{app.id}"
    for path in (
        "/settings/developer-apps/",
        "/settings/developer-apps/new/",
        *(f"{about}/{rest}" for rest in ("", "edit/", "disable/", "delete/", "secrets/new/")),
        f"{about}/secrets/{secret}/drop/",
        f"/settings/developer-apps/{long.client_id}/",
        f"/settings/developer-apps/{long.client_id}/edit/",
        f"/settings/developer-apps/{Application.objects.get(name='Desktop').client_id}/",
        "/settings/connected-apps/",
        f"/settings/connected-apps/{Grant.objects.first().uid}/revoke/",  # type: ignore[union-attr]
        link("", app),
        link("", App(long, None), scope=" ".join(everything)),
    ):
        quiet.goto(f"{site}{path}")
        is_fit(quiet, width, scheme)


@pytest.mark.variant  # the walk of the keys looks at such a dialog
def test_dialogs_are_accessible(quiet: Page, site: str, dora: User, app: App) -> None:
    quiet.goto(f"{site}/settings/developer-apps/{app.id}/")
    enter(quiet, "dora@example.com")
    for opener in ("^Disable…", "^Delete… craft_ocs_", "^Delete…$"):
        quiet.get_by_role("link", name=re.compile(opener)).click()
        expect(quiet.get_by_role("dialog")).to_be_visible()
        is_fit(quiet, 390, "light")
        quiet.keyboard.press("Escape")
