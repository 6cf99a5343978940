"""The journey of authentication.md in a real browser: create a key, call the API with it, delete it."""

import contextlib
import http.client
import json
import re
import shlex
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Error, Page, expect

from accounts.models import User
from apikeys import usage
from apikeys.models import APIKey, Outcome, TryReason
from apikeys.services import create_key, delete_key, disable_key, revoke_key, rotate_key
from tests import sessions
from tests.apikeys.uses import LAPTOP, SERVER, call, count, use
from tests.fixtures import PASSWORD
from tests.looks import LOOKS, is_fit

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def sign_in(page: Page, site: str, user: User) -> None:
    sessions.sign_in(page.context, site, user)
    page.goto(f"{site}/settings/api-keys/")
    expect(page.get_by_role("heading", name="API Keys", exact=True)).to_be_visible()


def sign_in_by_hand(page: Page, site: str) -> None:
    page.goto(f"{site}/login/?next=/settings/api-keys/")
    page.get_by_label("E-mail").fill("alice@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="API Keys", exact=True)).to_be_visible()


def create(page: Page, site: str, name: str) -> str:
    """Create a read-only key through the form; return it as the page shows it."""
    page.goto(f"{site}/settings/api-keys/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create key").click()
    return page.get_by_label("API key", exact=True).inner_text()


def curl(command: str) -> tuple[int, Any]:
    """Do what the shown curl command does, as curl 8.5.0; return status and JSON."""
    *options, header = shlex.split(command.replace("\\\n", ""))
    url = options.pop(3)
    assert options == ["curl", "-X", "GET", "-H"]
    name, _, value = header.partition(": ")
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    with contextlib.closing(connection):
        connection.request("GET", urlsplit(url).path, headers={name: value, "User-Agent": "curl/8.5.0"})
        response = connection.getresponse()
        return response.status, json.load(response)


def age_sign_ins(seconds: int) -> None:
    """Make every sign-in that much older."""
    for session_key in Session.objects.values_list("session_key", flat=True):
        session = SessionStore(session_key)
        for record in session["account_authentication_methods"]:
            record["at"] = time.time() - seconds
        session.save()


def test_from_signing_in_to_a_working_key_and_to_its_end(quiet: Page, site: str, alice: User) -> None:
    quiet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in_by_hand(quiet, site)
    expect(quiet.get_by_text("No keys yet")).to_be_visible()
    quiet.get_by_role("link", name="Create New Key").click()

    quiet.get_by_label("Name").fill("Reports bot")
    review = quiet.locator("[data-review] p").filter(visible=True)
    expect(review).to_have_text(
        re.compile(
            r"Reports bot can view everything you can, from any network, until \d+ \w+ \d{4}. It cannot"
        )
    )
    quiet.get_by_label("Expires").select_option("never")
    expect(review).to_have_text(re.compile("from any network, until you delete it. It cannot"))
    expect(quiet.get_by_label("Last day")).to_be_hidden()
    quiet.get_by_label("Expires").select_option("date")
    quiet.get_by_label("Last day").fill("2099-02-22")
    expect(review).to_have_text(re.compile("from any network, until 22 February 2099. It cannot"))
    quiet.get_by_text("Read-write").click()
    expect(review).to_have_text(
        re.compile("Reports bot can view, create, change and delete everything you can")
    )
    quiet.get_by_text("Read-only").click()
    quiet.get_by_role("button", name="Create key").click()

    expect(quiet.get_by_role("heading", name="Copy your key now")).to_be_visible()
    secret = quiet.get_by_label("API key", exact=True)
    raw = secret.inner_text()
    assert re.fullmatch(r"craft_key_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", raw)
    secret.focus()
    assert quiet.evaluate("getSelection().toString()") == raw
    expect(quiet.get_by_text("Waiting for the first request…")).to_be_visible()
    expect(quiet.get_by_role("link", name="Copy and close")).to_be_visible()
    quiet.get_by_role("button", name="Copy", exact=True).first.click()
    expect(quiet.get_by_role("button", name="Copied")).to_be_visible()
    assert quiet.evaluate("navigator.clipboard.readText()") == raw
    expect(quiet.get_by_role("link", name="Done")).to_have_class(re.compile("button-primary"))

    command = quiet.get_by_label("curl", exact=True).last.inner_text()
    person = {"id": alice.uid, "email": "alice@example.com", "name": "Alice Owner"}
    assert curl(command) == (200, {"success": True, "data": person})
    expect(quiet.get_by_text("Received from 127.0.0.1, curl/8.5")).to_be_visible()
    quiet.get_by_role("link", name="Done").click()

    row = quiet.get_by_role("row", name="Reports bot")
    expect(row).to_contain_text("Active")
    expect(row).to_contain_text("from 127.0.0.1")
    assert raw not in quiet.content()
    row.locator("summary", has_text="Actions for Reports bot").click()
    row.get_by_role("link", name="Name, permission, expiry").click()
    quiet.get_by_label("Name", exact=True).fill("Monthly reports")
    quiet.get_by_role("button", name="Save", exact=True).click()
    expect(quiet.get_by_role("status")).to_have_text(re.compile("Monthly reports is saved."))

    usage.flush()
    quiet.get_by_role("link", name="Delete…").click()
    dialog = quiet.get_by_role("dialog", name="Delete “Monthly reports”?")
    expect(dialog).to_contain_text("1 request in the last 24 hours, the last one just now from 127.0.0.1.")
    expect(dialog).to_contain_text("They will start failing with 401 at once.")
    button = dialog.get_by_role("button", name="Delete key")
    expect(dialog.get_by_label("To delete it, type")).to_be_focused()
    expect(button).to_be_disabled()
    quiet.keyboard.type("Monthly report")
    expect(button).to_be_disabled()
    quiet.keyboard.type("s")
    button.click()
    expect(quiet.get_by_role("status")).to_contain_text("Monthly reports is deleted.")
    assert curl(command)[0] == 401

    quiet.get_by_role("button", name="Undo").click()
    expect(quiet.get_by_role("status")).to_contain_text("Monthly reports is restored.")
    assert curl(command)[0] == 200


def test_the_other_examples_on_the_page_work_as_they_are(quiet: Page, site: str, alice: User) -> None:
    sign_in(quiet, site, alice)
    raw = create(quiet, site, "Reports bot")
    examples = {}
    for language in (".env", "JavaScript", "Python"):
        quiet.get_by_text(language, exact=True).click()
        examples[language] = quiet.locator(f'pre[aria-label="{language}"]').inner_text()
    assert examples[".env"] == f"CRAFT_API_KEY={raw}"
    called = subprocess.run(
        [sys.executable, "-c", examples["Python"]], capture_output=True, text=True, check=True
    )
    assert json.loads(called.stdout)["data"]["id"] == alice.uid
    script = examples["JavaScript"].replace("console.log(", "return (")
    assert quiet.evaluate(f"async () => {{ {script} }}")["data"]["id"] == alice.uid


def test_copy_and_close_copies_and_closes(quiet: Page, site: str, alice: User) -> None:
    quiet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(quiet, site, alice)
    raw = create(quiet, site, "Reports bot")
    quiet.get_by_role("link", name="Copy and close").click()
    expect(quiet.get_by_role("heading", name="API Keys", exact=True)).to_be_visible()
    assert quiet.evaluate("navigator.clipboard.readText()") == raw


def test_where_copying_is_refused_once_the_key_is_selected_and_the_page_stays(
    quiet: Page, site: str, alice: User
) -> None:
    sign_in(quiet, site, alice)
    quiet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    quiet.add_init_script(
        "const clipboard = navigator.clipboard;"
        "clipboard.writeText = () => { delete clipboard.writeText; return Promise.reject(); }"
    )
    raw = create(quiet, site, "Reports bot")
    quiet.get_by_role("link", name="Copy and close").click()
    expect(quiet.get_by_text("Copying was not allowed. The text is selected")).to_be_attached()
    assert quiet.evaluate("getSelection().toString()") == raw
    quiet.get_by_role("button", name="Copy", exact=True).first.click()
    expect(quiet.get_by_role("link", name="Done")).to_be_visible()
    assert quiet.evaluate("navigator.clipboard.readText()") == raw
    expect(quiet.get_by_role("heading", name="Copy your key now")).to_be_visible()


def test_reload_and_back_show_the_keys_page_without_its_secret(quiet: Page, site: str, alice: User) -> None:
    sign_in(quiet, site, alice)
    for again in (quiet.reload, quiet.go_back):
        raw = create(quiet, site, f"Bot {again.__name__}")
        quiet.wait_for_url("**/settings/api-keys/key_*/")  # its script has run
        if again == quiet.go_back:
            quiet.get_by_role("link", name="API Keys").first.click()
            expect(quiet.get_by_role("heading", name="API Keys", exact=True)).to_be_visible()
        again()
        expect(quiet.get_by_role("heading", name=f"Bot {again.__name__}")).to_be_visible()
        assert raw not in quiet.content()
    assert APIKey.objects.count() == 2


@pytest.mark.variant  # test_views_create sends a form again
def test_without_script_reload_says_that_the_key_was_made_and_back_is_the_browsers_question(
    browser: Browser, site: str, alice: User
) -> None:
    page = browser.new_page(java_script_enabled=False)
    sign_in(page, site, alice)
    raw = create(page, site, "Reports bot")
    page.reload()
    expect(page.get_by_role("heading", name="This key was created already")).to_be_visible()
    assert raw not in page.content()
    page.get_by_role("link", name="Show this key").click()
    expect(page.get_by_role("heading", name="Reports bot")).to_be_visible()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser did not keep the page
        page.go_back()
    expect(page.get_by_text(raw)).to_have_count(0)
    assert APIKey.objects.count() == 1
    page.close()


def test_a_double_click_makes_one_key_and_shows_it(quiet: Page, site: str, alice: User) -> None:
    sign_in(quiet, site, alice)
    quiet.goto(f"{site}/settings/api-keys/new/")
    quiet.get_by_label("Name").fill("Reports bot")
    sent: list[str] = []
    quiet.on("request", lambda request: sent.append(request.method))
    quiet.get_by_role("button", name="Create key").dblclick()
    expect(quiet.get_by_role("heading", name="Copy your key now")).to_be_visible()
    assert sent.count("POST") == 1
    assert APIKey.objects.count() == 1


@pytest.mark.variant  # test_views_create has it by its client
def test_an_old_sign_in_is_asked_for_the_password_and_nothing_typed_is_lost(
    quiet: Page, site: str, alice: User
) -> None:
    sign_in(quiet, site, alice)
    age_sign_ins(3600)
    quiet.goto(f"{site}/settings/api-keys/new/")
    quiet.get_by_label("Name").fill("Reports bot")
    quiet.get_by_text("Read-write").click()
    quiet.get_by_role("button", name="Create key").click()
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button").last.click()
    expect(quiet.get_by_label("Name")).to_have_value("Reports bot")
    expect(quiet.get_by_label("Read-write")).to_be_checked()
    quiet.get_by_role("button", name="Create key").click()
    expect(quiet.get_by_role("heading", name="Copy your key now")).to_be_visible()


@pytest.mark.variant  # the journey has the dialog, test_views_end what it says
def test_a_key_with_wrong_settings_is_deleted_right_where_it_is_shown(
    quiet: Page, site: str, alice: User
) -> None:
    sign_in(quiet, site, alice)
    create(quiet, site, "Reports bot")
    quiet.get_by_role("link", name="Delete this key.").click()
    dialog = quiet.get_by_role("dialog")
    expect(dialog).to_contain_text("It was never used.")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    quiet.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    quiet.get_by_role("link", name="Delete this key.").click()
    quiet.get_by_role("dialog").get_by_role("button", name="Delete key").click()
    expect(quiet.get_by_role("status")).to_contain_text("Reports bot is deleted.")


def test_a_dialog_that_cannot_be_fetched_is_a_page(page: Page, site: str, alice: User) -> None:
    create_key(alice, name="Reports bot", permission="read-only")
    sign_in(page, site, alice)
    page.get_by_role("link", name="Reports bot").click()
    page.get_by_role("link", name="Settings", exact=True).click()
    page.route("**/delete/?dialog", lambda route: route.abort())
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_role("heading", name="Delete “Reports bot”?")).to_be_visible()
    page.go_back()
    page.unroute_all()
    Session.objects.all().delete()
    page.get_by_role("link", name="Delete…").click()
    page.wait_for_url("**/login/?next=/settings/api-keys/*/delete/")


def test_all_of_it_works_without_script(browser: Browser, site: str, alice: User) -> None:
    page = browser.new_page(java_script_enabled=False)
    sign_in_by_hand(page, site)
    raw = create(page, site, "Reports bot")
    assert raw.startswith("craft_key_")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    expect(page.get_by_text("Waiting for the first request…")).to_be_hidden()
    assert curl(page.get_by_label("curl", exact=True).last.inner_text())[0] == 200
    page.get_by_text("Python").click()
    expect(page.get_by_text("import urllib.request")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    page.locator("summary", has_text="Actions for Reports bot").click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete key").click()
    expect(page.get_by_text("Type the name of the key.")).to_be_visible()
    page.get_by_label("To delete it, type").fill("Reports bot")
    page.get_by_role("button", name="Delete key").click()
    page.get_by_text("Inactive (1)").click()
    page.get_by_role("button", name="Restore Reports bot").click()
    expect(page.get_by_role("status")).to_contain_text("Reports bot is restored.")
    page.close()


def use_all(key: APIKey) -> None:
    """Callers on each secret, single requests of each outcome, and who was not let in."""
    for public_id in key.secrets.values_list("public_id", flat=True):
        for client in (LAPTOP, SERVER):
            called = call(client, route="/v1/projects/{id}/files/{path}")
            usage.record_use(key.pk, public_id, called, status=200)
    for status in (403, 404, 429, 500):
        use(key, status=status)
    for reason in TryReason:
        usage.record_try(key.pk, reason, SERVER)
    usage.flush()


@pytest.fixture
def keys(alice: User) -> dict[str, APIKey]:
    """A key of every kind, by name, with the longest name and an IPv6 address among them."""
    now = timezone.now()
    rows: dict[str, dict[str, object]] = {
        "Active": {
            "last_used_at": now,
            "last_used_ip": "2001:db8:85a3:8d3:1319:8a2e:370:7348",
            "last_used_agent": "curl/8.5.0",
        },
        "Expires soon": {"last_used_at": now - DAY, "expires_at": now + 5 * DAY},
        "Idle": {"last_used_at": now - 120 * DAY, "last_used_ip": "192.0.2.61"},
        "W" * 100: {"expires_at": now + 400 * DAY},
        "<script>alert(1)</script>": {"permission": "read-write"},
        "Expired": {"expires_at": now - DAY},
        "Rotates": {"last_used_at": now, "last_used_ip": "203.0.113.7"},
        "Rests": {"last_used_at": now, "last_used_ip": "203.0.113.7"},
    }
    made = {}
    for name, fields in rows.items():
        made[name], _ = create_key(alice, name=name, permission="read-only")
        APIKey.objects.filter(pk=made[name].pk).update(**fields)
    count(made["Active"], now, 1204)
    for outcome in (Outcome.REFUSED, Outcome.LIMITED, Outcome.FAILED):
        count(made["Active"], now - 3 * DAY, 40, outcome=outcome)
    rotate_key(made["Rotates"], grace=86400)
    disable_key(made["Rests"], seconds=3600)
    for name in ("Active", "Rotates", "Rests"):
        use_all(made[name])
    for name, end in (("Deleted", delete_key), ("Revoked", None)):
        made[name], _ = create_key(alice, name=name, permission="read-only")
        if end:
            end(made[name])
        else:
            revoke_key(made[name], reason="Found on a public page", by="staff")
    return made


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_and_fits(
    quiet: Page, site: str, alice: User, keys: dict[str, APIKey], bob: User, width: int, scheme: str
) -> None:
    def look(path: str) -> None:
        quiet.goto(f"{site}/settings/api-keys/{path}")
        is_fit(quiet, width, scheme)
        for card in quiet.locator(".card:has(> .table)").filter(visible=True).all():
            assert card.evaluate("card => card.scrollWidth <= card.clientWidth + 1")

    sign_in(quiet, site, alice)
    for path in ("", "?show=idle", "?show=expires-soon", "new/"):
        look(path)
    for key in keys.values():
        look(f"{key.uid}/")
    for name in ("Active", "Rotates", "Rests"):
        look(f"{keys[name].uid}/requests/")
    for part in ("settings", "rotate", "disable", "delete"):
        look(f"{keys['W' * 100].uid}/{part}/")
    look(f"{keys['Active'].uid}/?show=48h")
    look(f"{keys['Rotates'].uid}/rotation/finish/")
    look(f"{keys['Rotates'].uid}/rotation/cancel/")
    look(f"{keys['Rests'].uid}/enable/")
    quiet.goto(f"{site}/settings/notifications/")
    is_fit(quiet, width, scheme)
    look(f"{keys['Deleted'].uid}/restore/")
    look("")
    quiet.get_by_text("Inactive (4)").click()
    is_fit(quiet, width, scheme)
    quiet.locator("summary", has_text="Actions for Active").click()
    is_fit(quiet, width, scheme)
    quiet.get_by_role("link", name="Delete…").filter(visible=True).first.click()
    expect(quiet.get_by_role("dialog")).to_be_visible()
    is_fit(quiet, width, scheme)
    quiet.goto(f"{site}/settings/api-keys/new/")
    quiet.get_by_label("Name").fill("active")
    quiet.get_by_role("button", name="Create key").click()
    expect(quiet.get_by_text("Name is already used by another live key.")).to_be_visible()
    is_fit(quiet, width, scheme)
    create(quiet, site, "New")
    is_fit(quiet, width, scheme)
    quiet.reload()
    is_fit(quiet, width, scheme)
    quiet.context.clear_cookies()
    sign_in(quiet, site, bob)
    is_fit(quiet, width, scheme)


@pytest.mark.variant  # test_views_create has the limit, the walk a phone's width
def test_fifty_keys_fit_on_a_phone_and_leave_no_room(quiet: Page, site: str, alice: User) -> None:
    for number in range(50):
        create_key(alice, name=f"key {number} {'long ' * 15}", permission="read-write")
    sign_in(quiet, site, alice)
    expect(quiet.get_by_text("50 of 50 keys")).to_be_visible()
    is_fit(quiet, 390, "dark")
    quiet.goto(f"{site}/settings/api-keys/new/")
    expect(quiet.get_by_text("You have 50 live keys, which is the most.")).to_be_visible()
    is_fit(quiet, 390, "dark")


@pytest.mark.variant  # test_views_rotate has each step by its client
def test_rotating_a_key_switches_its_callers_without_a_401(quiet: Page, site: str, alice: User) -> None:
    quiet.context.grant_permissions(["clipboard-write"])
    sign_in(quiet, site, alice)
    old = create(quiet, site, "Reports bot")
    command = quiet.get_by_label("curl", exact=True).last.inner_text()
    assert curl(command)[0] == 200
    quiet.goto(f"{site}/settings/api-keys/")
    quiet.get_by_role("link", name="Reports bot").click()
    quiet.get_by_role("link", name="Rotate…").click()
    expect(quiet.get_by_label("24 hours")).to_be_checked()
    quiet.get_by_role("button", name="Make the new secret").click()
    new = quiet.get_by_label("API key", exact=True).inner_text()
    assert curl(command)[0] == 200
    assert curl(command.replace(old, new))[0] == 200
    expect(quiet.get_by_text("Received from 127.0.0.1, curl/8.5")).to_be_visible()
    usage.flush()
    quiet.get_by_role("link", name="Copy and close").click()
    expect(quiet.get_by_text("1 caller still on the old secret")).to_be_visible()
    expect(quiet.get_by_text("New secret in use")).to_be_visible()
    expect(quiet.get_by_role("link", name="Cancel rotation…")).to_have_count(0)
    quiet.get_by_role("link", name="Finish now…").click()
    quiet.get_by_role("button", name="End the old secret").click()
    expect(quiet.get_by_role("status")).to_contain_text("The old secret of Reports bot has ended.")
    assert curl(command)[0] == 401
    assert curl(command.replace(old, new))[0] == 200


@pytest.mark.variant  # test_views_disable and test_views_enable have it by a client
def test_a_key_is_disabled_from_its_menu_and_comes_back(quiet: Page, site: str, alice: User) -> None:
    sign_in(quiet, site, alice)
    create(quiet, site, "Reports bot")
    command = quiet.get_by_label("curl", exact=True).last.inner_text()
    quiet.goto(f"{site}/settings/api-keys/")
    quiet.get_by_role("link", name="Reports bot").click()
    quiet.locator("summary", has_text="Disable").click()
    quiet.get_by_role("button", name="For 10 minutes").click()
    expect(quiet.get_by_label("Disabled", exact=True)).to_contain_text("it is back in 9 minutes")
    assert curl(command)[0] == 401
    usage.flush()
    quiet.reload()
    expect(quiet.get_by_role("row", name="127.0.0.1").first).to_contain_text("The key is disabled")
    quiet.get_by_role("button", name="Enable", exact=True).click()
    expect(quiet.get_by_role("status")).to_contain_text("Reports bot is enabled.")
    assert curl(command)[0] == 200


def test_focus_returns_to_where_it_was_when_a_dialog_closes_and_a_menu_closes_when_it_leaves(
    quiet: Page, site: str, alice: User
) -> None:
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    sign_in(quiet, site, alice)
    menu = quiet.locator("summary", has_text="Actions for Reports bot")
    menu.click()
    quiet.get_by_role("link", name="Delete…").click()
    expect(quiet.get_by_role("dialog")).to_be_visible()
    quiet.keyboard.press("Escape")
    expect(menu).to_be_focused()
    menu.click()
    expect(quiet.get_by_role("link", name="Delete…")).to_be_visible()
    quiet.keyboard.press("Shift+Tab")
    expect(quiet.get_by_role("link", name="Delete…")).to_be_hidden()
    quiet.goto(f"{site}/settings/api-keys/{key.uid}/settings/")
    link = quiet.get_by_role("link", name="Delete…")
    link.focus()
    quiet.keyboard.press("Enter")
    quiet.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(link).to_be_focused()


@pytest.mark.variant  # test_views_end has it by its client
def test_undo_on_an_old_sign_in_takes_one_press_and_the_password(quiet: Page, site: str, alice: User) -> None:
    create_key(alice, name="Reports bot", permission="read-only")
    sign_in(quiet, site, alice)
    age_sign_ins(3600)
    quiet.locator("summary", has_text="Actions for Reports bot").click()
    quiet.get_by_role("link", name="Delete…").click()
    quiet.get_by_role("button", name="Delete key").click()
    quiet.get_by_role("button", name="Undo").click()
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button").last.click()
    expect(quiet.get_by_role("status")).to_contain_text("Reports bot is restored.")


def test_in_forced_colours_the_current_page_and_the_chosen_filter_have_a_mark(
    quiet: Page, site: str, alice: User
) -> None:
    create_key(alice, name="Reports bot", permission="read-only")
    sign_in(quiet, site, alice)
    quiet.emulate_media(forced_colors="active")
    quiet.goto(f"{site}/settings/")
    for chosen in ('.sidenav [aria-current="page"]', ".filters [aria-current]"):
        assert quiet.locator(chosen).first.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
