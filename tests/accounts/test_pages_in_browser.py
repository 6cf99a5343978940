"""The pages in a real browser: accessible, within the Content Security Policy, and alive."""

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.services import create_user
from api.oauth.services.applications import create_app
from api.projects.models import Deployment, Project
from apikeys.services import create_key
from tests import sessions
from tests.accounts.factors import give_app
from tests.fixtures import PASSWORD
from tests.looks import LOOKS, is_fit
from tests.mailbox import mailbox

SIGNED_OUT = (
    "/login/",
    "/signup/",
    "/password/reset/",
    "/password/reset/done/",
    "/password/reset/key/1-x/",
    "/nowhere/",
)
SIGNED_IN = (
    "/settings/",
    "/settings/profile/",
    "/settings/security/",
    "/settings/revoke-everything/",
    "/settings/revoke-everything/done/",
    "/settings/security/end-sessions/",
    "/settings/data/",
    "/settings/data/delete-account/",
    "/settings/security/password/",
    "/settings/security/email/",
    "/settings/sessions/",
    "/settings/sessions/end-others/",
    "/settings/activity/",
    "/settings/security/authenticator/",
    "/settings/security/passkeys/add/",
    "/settings/security/stop-reset/",
    "/logout/",
    "/reauthenticate/",
)
WITH_FACTOR = (
    "/settings/security/",
    "/settings/security/authenticator/remove/",
    "/settings/security/recovery-codes/",
    "/reauthenticate/code/",
)
ADMIN = (
    "",
    "accounts/user/",
    "accounts/user/?q=nobody",
    "accounts/user/{ada}/change/",
    "accounts/user/{ada}/reset-factors/",
    "accounts/user/{ada}/staff/",
    "accounts/user/{ada}/delete/",
    "accounts/user/{ada}/history/",
    "accounts/activity/",
    "apikeys/apikey/",
    "apikeys/apikey/find/",
    "apikeys/apikey/{key}/change/",
    "apikeys/apikey/{key}/revoke/",
    "oauth/application/",
    "projects/deployment/",
)
SECOND_STEP = ("/login/second-step/", "/login/recovery-code/")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> User:
    return create_user(email="ada@example.com", name="Ada Lovelace", password=PASSWORD)


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page whose browser has nothing to complain of, a violation of the policy above all."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [each for each in complaints if "the server responded with a status of 404" not in each] == []


def sign_in(page: Page, url: str, user: User) -> None:
    sessions.sign_in(page.context, url, user)
    page.goto(f"{url}/settings/")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_and_fits(
    quiet: Page, live_server: LiveServer, ada: User, sam: User, width: int, scheme: str
) -> None:
    for path in SIGNED_OUT:
        quiet.goto(f"{live_server.url}{path}")
        is_fit(quiet, width, scheme)
    User.objects.filter(pk=ada.pk).update(last_login=timezone.now())  # in another browser
    quiet.goto(f"{live_server.url}/login/")
    quiet.get_by_label("E-mail").fill(ada.email)
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.keyboard.press("Enter")
    quiet.wait_for_url(re.compile("/login/code/$"))
    is_fit(quiet, width, scheme)
    quiet.get_by_label("Code").fill("BBBB-BBBB")
    quiet.get_by_role("button", name="Sign in").click()
    expect(quiet).to_have_title(re.compile("^Error: Enter your code"))
    is_fit(quiet, width, scheme)
    sign_in(quiet, live_server.url, ada)
    quiet.goto(f"{live_server.url}/settings/security/email/")
    quiet.get_by_label("New e-mail").fill("new@example.com")
    quiet.get_by_role("button", name="Send code").click()
    expect(quiet.get_by_role("heading", name="Enter your code")).to_be_visible()
    is_fit(quiet, width, scheme)
    security_log.record(ada, Event.KEY_CREATED, name="W" * 100, permission="read-only")
    for path in SIGNED_IN:
        quiet.goto(f"{live_server.url}{path}")
        is_fit(quiet, width, scheme)
    key, _ = create_key(ada, name="W" * 100, permission="read-write")  # now the overview has more to show
    quiet.goto(f"{live_server.url}/settings/")
    is_fit(quiet, width, scheme)
    project = Project.objects.create(owner=ada, name="W" * 100)
    Deployment.objects.create(project=project, label="harbour", file_count=1)
    create_app(ada, name="Acme Sync", redirect_uris="https://acme.example/callback")
    give_app(ada)
    for path in WITH_FACTOR:
        quiet.goto(f"{live_server.url}{path}")
        is_fit(quiet, width, scheme)
    quiet.context.clear_cookies()
    quiet.goto(f"{live_server.url}/login/")
    quiet.get_by_label("E-mail").fill(ada.email)
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.keyboard.press("Enter")
    quiet.wait_for_url("**/second-step/")
    for path in SECOND_STEP:
        quiet.goto(f"{live_server.url}{path}")
        is_fit(quiet, width, scheme)
    quiet.context.clear_cookies()
    sign_in(quiet, live_server.url, sam)
    for path in ADMIN:
        quiet.goto(f"{live_server.url}/admin/{path.format(ada=ada.pk, key=key.pk)}")
        is_fit(quiet, width, scheme)
        for table in quiet.locator(".results").all():
            assert table.evaluate("table => table.scrollWidth <= table.clientWidth"), path


@pytest.mark.variant  # tests/accounts/test_signup.py has it by a client
def test_signing_up_by_hand_ends_on_the_overview(quiet: Page, live_server: LiveServer) -> None:
    quiet.goto(f"{live_server.url}/login/")
    quiet.get_by_role("link", name="Create an account").click()
    quiet.get_by_label("Name").fill("Grace Hopper")
    quiet.get_by_label("E-mail").fill("grace@example.com")
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button", name="Create account").click()
    expect(quiet.get_by_text("We sent a code to grace@example.com.")).to_be_visible()
    code = re.search(r"^ {4}(\S+)$", str(mailbox()[-1].body), re.MULTILINE)
    assert code
    quiet.get_by_label("Code").fill(code[1].lower())
    quiet.get_by_role("button", name="Continue").click()
    expect(quiet.get_by_role("heading", name="Overview")).to_be_visible()
    expect(quiet.get_by_text("Grace Hopper").first).to_be_visible()


def test_by_keyboard_sign_in_goes_from_e_mail_over_password_to_its_button_and_shows_what_is_typed(
    quiet: Page, live_server: LiveServer, ada: User
) -> None:
    quiet.goto(f"{live_server.url}/login/")
    expect(quiet.get_by_label("E-mail")).to_be_focused()
    quiet.keyboard.type(ada.email)
    quiet.keyboard.press("Tab")
    password = quiet.get_by_label("Password")
    expect(password).to_be_focused()
    quiet.keyboard.type("wrong")
    quiet.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")
    quiet.get_by_role("button", name="Hide password").click()
    expect(password).to_have_attribute("type", "password")
    password.press("Enter")
    expect(quiet).to_have_title("Error: Sign in · Craft")
    expect(password).to_be_focused()
    expect(password).to_have_value("")


def test_the_account_menu_closes_by_escape_and_by_a_click_beside_it(
    quiet: Page, live_server: LiveServer, ada: User
) -> None:
    sign_in(quiet, live_server.url, ada)
    menu, summary = quiet.locator("details.menu"), quiet.locator("details.menu > summary")
    summary.click()
    expect(menu).to_have_attribute("open", "")
    quiet.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    quiet.get_by_role("heading", name="Overview").click()
    expect(menu).not_to_have_attribute("open", "")
    summary.click()
    quiet.get_by_role("button", name="Sign out").click()
    quiet.wait_for_url(re.compile("/login/$"))


def test_a_form_is_sent_once_and_its_button_says_that_it_is_busy(
    quiet: Page, live_server: LiveServer, ada: User
) -> None:
    sign_in(quiet, live_server.url, ada)
    quiet.goto(f"{live_server.url}/settings/profile/")
    sent: list[str] = []

    def answer_nothing(route: Route) -> None:
        sent.append(route.request.method)
        route.fulfill(status=204)  # the browser stays on the page

    quiet.route("**/settings/profile/", answer_nothing)
    quiet.get_by_role("button", name="Save profile").click()
    busy = quiet.get_by_role("button", name="Saving…")
    expect(busy).to_have_attribute("aria-busy", "true")
    busy.click()
    assert sent == ["POST"]


def test_a_form_that_is_sent_stops_the_question_for_passkeys(
    quiet: Page, live_server: LiveServer, ada: User
) -> None:
    """Its answer brings a session; after that of the sign-in, it would take the place of its session."""
    quiet.route("**/login/passkey/options/", lambda _: None)  # neither is answered
    quiet.route("**/login/", lambda route: None if route.request.method == "POST" else route.continue_())
    with quiet.expect_request("**/login/passkey/options/"):
        quiet.goto(f"{live_server.url}/login/")
    quiet.get_by_label("E-mail").fill(ada.email)
    quiet.get_by_label("Password").fill(PASSWORD)
    with quiet.expect_event("requestfailed") as failed:  # while the sign-in waits, so no new page ended it
        quiet.keyboard.press("Enter")
    assert failed.value.url.endswith("/options/")


def test_the_navigation_opens_on_a_phone_without_script(
    browser: Browser, live_server: LiveServer, ada: User
) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(page, live_server.url, ada)
    expect(page.get_by_role("navigation").get_by_role("link", name="Activity")).to_be_hidden()
    page.get_by_role("button", name="Account Settings Overview").click()
    page.get_by_role("navigation").get_by_role("link", name="Activity").click()
    expect(page.get_by_role("heading", name="Activity")).to_be_visible()
    page.close()
