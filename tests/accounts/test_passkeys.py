import html
import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.events import Event
from accounts.models import User
from tests.accounts.passkey_device import Device
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in, signed_in
from tests.mailbox import mailbox
from tests.sessions import sign_in

ADD = "/settings/security/passkeys/add/"
LOGIN = "/login/passkey/"
STEP = "/login/second-step/"


def options_on(page: str) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', page)
    assert found
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def add(user: User, name: str = "MacBook Air", **how: Any) -> Device:
    """A passkey, made through the page by somebody who has just signed in."""
    device, browser = Device(**how), signed_in(user)
    options = options_on(browser.get(ADD).content.decode())
    answer = browser.post(ADD, {"name": name, "credential": device.create(options)})
    assert Authenticator.objects.filter(user=user, type="webauthn").exists(), answer.content.decode()
    return device


def ask(browser: Client) -> dict[str, Any]:
    options: dict[str, Any] = browser.post("/login/passkey/options/").json()
    return options


def come_in(device: Device, browser: Client | None = None, **sent: str) -> tuple[Client, str]:
    """Sign in by the passkey alone: the browser, and the page that it comes to."""
    browser = browser or Client()
    answer = browser.post(LOGIN, {"credential": device.get(ask(browser)), **sent}, follow=True)
    return browser, answer.content.decode()


def is_in(browser: Client) -> bool:
    return browser.get("/settings/profile/").status_code == 200


def begin(user: User) -> tuple[Client, dict[str, Any]]:
    """A browser at the second step, and what it is asked there."""
    browser = Client()
    browser.post("/login/", {"login": user.email, "password": PASSWORD})
    return browser, options_on(browser.get(STEP).content.decode())


def test_the_first_passkey_brings_recovery_codes_and_is_told(alice: User) -> None:
    browser, device = signed_in(alice), Device()
    assert "No passkey yet" in browser.get("/settings/security/").content.decode()
    options = options_on(browser.get(ADD).content.decode())
    assert options["publicKey"]["rp"] == {"id": "localhost", "name": "Craft"}
    assert options["publicKey"]["authenticatorSelection"]["residentKey"] == "required"
    page = browser.post(ADD, {"name": "MacBook Air", "credential": device.create(options)}).content.decode()
    assert len(re.findall(r"<code>\d{4} \d{4}</code>", page)) == 10
    assert "MacBook Air" in browser.get("/settings/security/").content.decode()
    assert alice.activity.get(event=Event.FACTOR_ADDED).details == {"kind": "passkey", "name": "MacBook Air"}
    assert mailbox()[-1].subject == "[Craft] A passkey was added"
    assert "“MacBook Air”" in mailbox()[-1].body


@pytest.mark.long
def test_a_passkey_signs_in_alone_and_leads_on(alice: User) -> None:
    browser, _ = come_in(add(alice), next="/settings/activity/")
    assert is_in(browser)
    assert browser.get("/v1/me").json()["data"]["email"] == alice.email
    row = Authenticator.objects.get(user=alice, type="webauthn")
    assert row.last_used_at is not None


def test_a_passkey_is_a_second_step_and_confirms_who_is_there(alice: User) -> None:
    device = add(alice)
    browser, options = begin(alice)
    assert not is_in(browser)
    browser.post(STEP, {"credential": device.get(options)})
    assert is_in(browser)
    age_sign_in(browser, 16 * 60)
    path = "/reauthenticate/passkey/"
    options = options_on(browser.get(path).content.decode())
    wrong = browser.post(path, {"credential": Device().get(options)}).content.decode()
    assert "This passkey is none of this account" in wrong
    options = options_on(browser.get(path).content.decode())
    answer = browser.post(path, {"credential": device.get(options), "next": ADD})
    assert answer["Location"] == ADD
    assert browser.get(ADD).status_code == 200


@pytest.mark.matrix  # each way in which one can be wrong
@cases(
    ("change", "words"),
    [
        ("origin", "This passkey was used on another site."),
        ("removed", "This passkey is none of this account"),
        ("unseen", "The passkey did not ask for your fingerprint"),
        ("handle", "This passkey is none of this account"),
        ("nobody", "This passkey is none of this account"),
    ],
)
def test_a_passkey_that_is_not_right_signs_in_nobody(alice: User, bob: User, change: str, words: str) -> None:
    device, other = add(alice), add(bob)
    if change == "origin":
        device.origin = "http://localhost:8001"
    elif change == "removed":
        Authenticator.objects.filter(user=alice, type="webauthn").delete()
    elif change == "unseen":
        device.verifies = False
    elif change == "handle":
        device.handle = other.handle  # says that it is Bob's
    else:
        device.handle = "enp6enp6eno"
    browser, page = come_in(device)
    assert words in page
    assert not is_in(browser)


def test_the_passkey_of_another_account_is_no_second_step(alice: User, bob: User) -> None:
    add(alice)
    stranger = add(bob)
    browser, options = begin(alice)
    page = browser.post(STEP, {"credential": stranger.get(options)}).content.decode()
    assert "This passkey is none of this account" in page
    assert not is_in(browser)


@pytest.mark.matrix  # what is rare
def test_a_copy_whose_counter_is_behind_is_refused(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    device = add(alice, counts=True)
    come_in(device)
    device.counter -= 1
    browser, page = come_in(device)
    assert "it may be a copy" in page
    assert not is_in(browser)
    assert "counts 2 after 2" in caplog.text


def test_an_answer_counts_in_the_session_that_asked_and_once(alice: User) -> None:
    device, one, other = add(alice), Client(), Client()
    sent = {"credential": device.get(ask(one))}
    ask(other)
    other.post(LOGIN, sent)
    assert not is_in(other)
    one.post(LOGIN, sent)
    assert is_in(one)
    one.post("/logout/")
    one.post(LOGIN, sent)
    assert not is_in(one)


@pytest.mark.matrix  # odd answers at each place that takes one
@cases(
    "sent",
    [
        "\0",
        "{",
        "null",
        "[]",
        "{}",
        '{"id": 1, "rawId": 2}',
        "[" * 100_000,
        '{"rawId": "AA", "response": {"x": "\\u0000"}}',
    ],
)
def test_what_is_no_passkey_is_refused_in_words_everywhere(alice: User, sent: str) -> None:
    add(alice)
    browser, _ = begin(alice)
    pages = [browser.post(STEP, {"credential": sent}).content.decode()]
    ask(stranger := Client())
    pages.append(stranger.post(LOGIN, {"credential": sent}, follow=True).content.decode())
    owner = signed_in(alice)
    owner.get(ADD)
    pages.append(owner.post(ADD, {"name": "x", "credential": sent}).content.decode())
    owner.get("/reauthenticate/passkey/")
    pages.append(owner.post("/reauthenticate/passkey/", {"credential": sent}).content.decode())
    assert [page.count("The passkey was not read.") for page in pages] == [1] * 4


def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(alice: User, bob_browser: Client) -> None:
    owner = signed_in(alice)
    add(alice)
    pk = Authenticator.objects.get(user=alice, type="webauthn").pk
    rename, remove = (f"/settings/security/passkeys/{pk}/{verb}/" for verb in ("rename", "remove"))
    bob_browser.post(rename, {"name": "Bob's"})
    bob_browser.post(remove)
    assert "Name is empty" in owner.post(rename, {"name": " "}).content.decode()
    owner.post(rename, {"name": "YubiKey on my key ring"})
    assert "YubiKey on my key ring" in owner.get(remove).content.decode()
    owner.post(remove)
    assert not Authenticator.objects.filter(user=alice).exists()
    details = alice.activity.get(event=Event.FACTOR_REMOVED).details
    assert details == {"kind": "passkey", "name": "YubiKey on my key ring"}
    assert "was removed from your account" in mailbox()[-1].body


@pytest.mark.matrix  # each page
@pytest.mark.parametrize(
    "path", [ADD, "/settings/security/passkeys/{}/rename/", "/settings/security/passkeys/{}/remove/"]
)
def test_a_session_of_sixteen_minutes_ago_changes_no_passkey(alice: User, path: str) -> None:
    browser = signed_in(alice)
    device, options = Device(), options_on(browser.get(ADD).content.decode())
    add(alice)
    row = Authenticator.objects.get(user=alice, type="webauthn")
    age_sign_in(browser, 16 * 60)
    browser.post(path.format(row.pk), {"name": "Mine", "credential": device.create(options)})
    assert [str(each) for each in Authenticator.objects.filter(user=alice, type="webauthn")] == [
        "MacBook Air"
    ]


def test_pages_may_use_passkeys_and_nothing_else_of_the_device(alice_browser: Client) -> None:
    policy = alice_browser.get(ADD)["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in policy
    assert "publickey-credentials-create=(self)" in policy
    assert "camera=()" in policy


@pytest.fixture
def device_page(page: Page, live_server: LiveServer, settings: Settings) -> Page:
    """A browser whose device has a fingerprint reader, at a Craft with the address that it is served at."""
    settings.WEB_URL = live_server.url
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


@pytest.mark.django_db(transaction=True)
def test_in_a_browser_a_passkey_is_made_and_signs_in_without_an_e_mail(
    device_page: Page, live_server: LiveServer, alice: User
) -> None:
    page = device_page
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    sign_in(page.context, live_server.url, alice)
    page.goto(f"{live_server.url}/settings/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("MacBook Air")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/login/?next=/settings/security/")
    # The device says yes by itself to what the browser offers in the first field.
    expect(page.locator("b", has_text="MacBook Air")).to_be_visible()
    expect(page.get_by_text("last used just now")).to_be_visible()
    assert not problems


@pytest.mark.django_db(transaction=True)
def test_in_a_browser_a_passkey_is_the_second_step_and_its_refusal_is_said(
    device_page: Page, live_server: LiveServer, alice: User
) -> None:
    page = device_page
    sign_in(page.context, live_server.url, alice)
    page.goto(f"{live_server.url}{ADD}")
    page.get_by_label("Name").fill("MacBook Air")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    page.context.clear_cookies()
    # So that only the button asks, not the first field of the page.
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    page.goto(f"{live_server.url}/login/")
    page.get_by_label("E-mail").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.goto(f"{live_server.url}{ADD}")  # the device has one for this account already
    page.get_by_label("Name").fill("Again")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("alert")).to_have_text("This device has a passkey for your account already.")
