"""Create New Key, and the one page that ever shows a key."""

import functools
import re
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import Activity, User
from api.urls import urlpatterns as api_urls
from apikeys import lookup, tokens
from apikeys.models import APIKey, APIKeySecret
from apikeys.services import create_key, delete_key
from tests.apikeys.test_races import at_once
from tests.apikeys.uses import call
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in, sign_in, signed_in

NEW = "/settings/api-keys/new/"
FORM_ID = "abcdefghijklmnopqrstuv"
FILLED = {"name": "Reports bot", "permission": "read-only", "expires": "never", "form_id": FORM_ID}
ANOTHER_FORM_ID = "zyxwvutsrqponmlkjihgfe"


def send(browser: Client, **fields: str) -> Any:
    return browser.post(NEW, {**FILLED, **fields})


def key_on(page: HttpResponse) -> str:
    """The key that a page shows."""
    shown: set[str] = set(re.findall(r"craft_key_\w{12}_\w{38}", page.content.decode()))
    [key] = shown
    return key


def test_the_form_offers_read_only_first(alice_browser: Client) -> None:
    page = alice_browser.get(NEW).content.decode()
    [form_id] = re.findall(r'name="form_id"\s+value="(\w{22})"', page)
    checked = re.findall(r'value="(read-\w+)"\s+checked', page)
    assert checked == ["read-only"]
    assert form_id not in alice_browser.get(NEW).content.decode()
    assert "View projects, files and deployments. Cannot change anything." in page
    assert "Everything you can do through the API: create, update, delete." in page


def test_a_created_key_is_shown_once_straight_from_the_post_and_works(
    alice: User, alice_browser: Client, settings: Settings
) -> None:
    settings.API_URL = "https://api.craft.fast"
    page = send(alice_browser, permission="read-write")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    raw = key_on(page)
    html = page.content.decode()
    assert "Copy your key now" in html
    assert (
        f'curl -X GET "https://api.craft.fast/v1/me" \\\n  -H "Authorization: Bearer <mark>{raw}</mark>"'
        in html
    )
    assert f"CRAFT_API_KEY=<mark>{raw}</mark>" in html
    assert 'await fetch("https://api.craft.fast/v1/me"' in html
    assert "urllib.request.Request(" in html
    found = lookup.authenticate_key(tokens.parse(raw), call())
    assert (found.user, found.key.name, found.key.permission) == (alice, "Reports bot", "read-write")
    key = APIKey.objects.get()
    assert f'data-first-use="/settings/api-keys/{key.uid}/first-use/"' in html
    assert f'href="/settings/api-keys/{key.uid}/delete/"' in html
    for path in ("/settings/api-keys/", f"/settings/api-keys/{key.uid}/", NEW):
        later = alice_browser.get(path).content.decode()
        assert raw not in later
        assert raw[-38:] not in later


def test_the_key_is_in_no_session_cookie_header_log_or_row(
    alice: User, alice_browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        page = send(alice_browser)
    raw = key_on(page)
    secret = raw[-38:]
    assert secret not in str(page.headers) + str(alice_browser.cookies)
    assert secret not in str([session.get_decoded() for session in Session.objects.all()])
    assert secret not in caplog.text
    assert secret not in str(list(Activity.objects.values()))
    assert secret not in str(list(APIKey.objects.values())) + str(list(APIKeySecret.objects.values()))
    assert secret not in repr(APIKey.objects.get()) + repr(tokens.parse(raw))


def test_creating_is_logged_with_address_and_agent(alice: User, alice_browser: Client) -> None:
    alice_browser.post(
        NEW,
        FILLED,
        headers={"User-Agent": "Test/1.0"},
        REMOTE_ADDR="203.0.113.9",
    )
    line = Activity.objects.get(user=alice, event="key_created")
    assert (line.ip, line.user_agent, line.credential) == (
        "203.0.113.9",
        "Test/1.0",
        APIKey.objects.get().uid,
    )


@cases(
    ("fields", "error"),
    [
        ({"name": ""}, "Name is empty. Enter at least one character."),
        ({"name": "x" * 101}, "Name has 101 characters. Use at most 100."),
        ({"name": "a\u202eb"}, "Name holds a control or invisible character. Type it again without."),
        ({"name": "DEPLOY from ci"}, "Name is already used by another live key. Choose a different one."),
        ({"expires": "date", "expires_on": "2001-01-01"}, "This day is over. Choose today or a later one."),
        ({"expires": "date", "expires_on": "10000-01-01"}, "This is no date. Enter one such as"),
        ({"form_id": "x"}, "The form arrived incomplete. Check it and send it again."),
    ],
)
def test_an_error_keeps_all_that_was_entered(
    alice: User, alice_browser: Client, fields: dict[str, str], error: str
) -> None:
    create_key(alice, name="Deploy from CI", permission="read-only")
    page = send(alice_browser, permission="read-write", **fields).content.decode()
    assert error in page
    assert re.findall(r'value="(read-\w+)"\s+checked', page) == ["read-write"]
    if name := fields.get("name"):
        assert f'value="{name}"' in page
    assert "craft_key_" not in page
    assert APIKey.objects.count() == 1


def test_an_unknown_permission_makes_no_key(alice_browser: Client) -> None:
    assert "Choose read-only or read-write." in send(alice_browser, permission="admin").content.decode()
    assert not APIKey.objects.exists()


def test_the_form_takes_nothing_but_its_fields(alice: User, bob: User, alice_browser: Client) -> None:
    send(
        alice_browser, user=str(bob.pk), uid="key_mine", limited_to="[]", made_by="x", expires_at="2000-01-01"
    )
    key = APIKey.objects.get()
    assert (key.user, key.limited_to, key.made_by, key.expires_at) == (alice, None, "", None)
    assert key.uid != "key_mine"


def test_a_form_sent_again_makes_no_second_key_and_says_so(alice: User, alice_browser: Client) -> None:
    raw = key_on(send(alice_browser))
    again = send(alice_browser)
    html = again.content.decode()
    assert "This key was created already" in html
    assert "Its secret was shown once" in html
    assert f'href="/settings/api-keys/{APIKey.objects.get().uid}/"' in html
    assert raw not in html
    assert "no-store" in again["Cache-Control"]


def test_a_form_sent_again_after_its_key_was_deleted_makes_none_either(
    alice: User, alice_browser: Client
) -> None:
    send(alice_browser)
    delete_key(APIKey.objects.get())
    assert "This key was created already" in send(alice_browser, name="Another name").content.decode()
    assert APIKey.objects.count() == 1


def test_a_form_sent_again_long_after_asks_for_no_password(alice_browser: Client) -> None:
    send(alice_browser)
    age_sign_in(alice_browser, 3600)
    assert "This key was created already" in send(alice_browser).content.decode()


def test_another_persons_form_id_is_no_obstacle(alice_browser: Client, bob_browser: Client) -> None:
    send(alice_browser)
    assert "Copy your key now" in send(bob_browser).content.decode()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_makes_one_key_and_shows_it_once(alice: User) -> None:
    browser = sign_in(alice)
    for number in range(3):
        twins = [Client(), Client()]  # two connections of one browser
        for twin in twins:
            twin.cookies = browser.cookies
        fields = {"name": f"Reports {number}", "form_id": f"{FORM_ID[:-1]}{number}"}
        calls = [functools.partial(send, twin, **fields) for twin in twins]
        pages = [cast("HttpResponse", page).content.decode() for page in at_once(*calls)]
        titles = sorted(re.findall(r"<h1>([^<]*)</h1>", page)[0] for page in pages)
        assert titles == ["Copy your key now", "This key was created already"]
        assert APIKey.objects.count() == APIKeySecret.objects.count() == number + 1


def test_an_old_sign_in_is_asked_for_the_password_and_the_form_comes_back_filled_in(
    alice_browser: Client,
) -> None:
    age_sign_in(alice_browser, 901)
    asked = send(alice_browser, name='Reports "bot" <1>', permission="read-write")
    assert asked["Location"] == "/reauthenticate/?next=%2Fsettings%2Fapi-keys%2Fnew%2F"
    assert not APIKey.objects.exists()
    back = alice_browser.post("/reauthenticate/", {"password": PASSWORD, "next": NEW})
    assert back["Location"] == NEW
    page = alice_browser.get(NEW).content.decode()
    assert 'value="Reports &quot;bot&quot; &lt;1&gt;"' in page
    assert re.findall(r'value="(read-\w+)"\s+checked', page) == ["read-write"]
    [form_id] = re.findall(r'name="form_id"\s+value="(\w{22})"', page)
    assert "Copy your key now" in send(alice_browser, form_id=form_id).content.decode()
    assert "Your form is as you left it." in page
    again = alice_browser.get(NEW).content.decode()
    assert 'value="Reports' not in again
    assert "as you left it" not in again


def sent_after_the_session_ended(browser: Client, **fields: str) -> Any:
    """The form as its page showed it, sent when the session had gone meanwhile."""
    [form_of] = re.findall(r'name="form-of" value="(\w+)"', browser.get(NEW).content.decode())
    Session.objects.all().delete()
    return send(browser, **{"form-of": form_of, **fields})


def signed_in_next(browser: Client, user: User) -> str:
    """The form that the next one to sign in in this browser is shown."""
    sent = browser.post("/login/", {"login": user.email, "password": PASSWORD, "next": NEW})
    assert sent["Location"] == NEW
    return browser.get(NEW).content.decode()


def test_a_form_sent_after_the_session_ended_comes_back_filled_in_after_the_sign_in(
    alice: User, alice_browser: Client
) -> None:
    asked = sent_after_the_session_ended(
        alice_browser, name="Nightly", permission="read-write", expires="date", expires_on="2099-01-31"
    )
    assert asked["Location"] == f"/login/?next={NEW}"
    page = signed_in_next(alice_browser, alice)
    assert "Your form is as you left it." in page
    assert 'value="Nightly"' in page
    assert re.findall(r'value="(read-\w+)"\s+checked', page) == ["read-write"]
    assert 'value="date" data-until="" selected' in page
    assert 'value="2099-01-31"' in page
    assert not APIKey.objects.exists()


@pytest.mark.matrix  # each form
@pytest.mark.parametrize("form_of", [None, "", "0" * 64, "\u00fc"])
def test_who_signs_in_next_is_shown_no_form_of_somebody_else(
    alice: User, bob: User, alice_browser: Client, form_of: str | None
) -> None:
    sent_after_the_session_ended(
        alice_browser, name="Secret plan", **({} if form_of is None else {"form-of": form_of})
    )
    for user in (bob, alice):  # nor is it hers any more, once it was not his
        page = signed_in_next(alice_browser, user)
        assert "as you left it" not in page
        assert "Secret plan" not in page


def test_nothing_but_the_forms_own_fields_waits_for_a_sign_in(alice_browser: Client) -> None:
    sent_after_the_session_ended(alice_browser, password="hush", secret="craft_key_x", anything="x" * 20_000)
    assert set(alice_browser.session["form-drafts"][NEW]["values"]) == {"name", "permission", "expires"}


@pytest.mark.parametrize(
    ("fields", "expires_at"),
    [
        ({"expires": "30"}, datetime(2026, 12, 24, 12, tzinfo=UTC)),
        ({"expires": "date", "expires_on": "2026-11-24"}, datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)),
        ({"expires": "never"}, None),
    ],
)
def test_a_key_expires_when_it_was_chosen(
    alice: User, fields: dict[str, str], expires_at: datetime | None
) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False):
        browser = signed_in(alice)
        send(browser, **fields)
        key = APIKey.objects.get()
        assert key.expires_at == expires_at
        if fields["expires"] == "30":
            assert "in 30 days" in browser.get("/settings/api-keys/").content.decode()


def test_a_bad_form_is_told_so_before_any_password_is_asked_for(alice_browser: Client) -> None:
    age_sign_in(alice_browser, 901)
    assert "Name is empty." in send(alice_browser, name=" ").content.decode()


@pytest.mark.matrix  # as many as there may be
def test_with_fifty_keys_the_page_says_so_instead_of_taking_a_form(
    alice: User, alice_browser: Client
) -> None:
    for number in range(50):
        create_key(alice, name=f"key {number}", permission="read-only")
    page = alice_browser.get(NEW).content.decode()
    assert "You have 50 live keys, which is the most. Delete one that is not used any more." in page
    assert 'name="form_id"' not in page
    sent = send(alice_browser).content.decode()
    assert "You have 50 live keys, which is the most." in sent
    assert 'value="Reports bot"' in sent
    assert alice.api_keys.count() == 50


def test_the_name_is_escaped_where_the_key_is_shown(alice_browser: Client) -> None:
    page = send(alice_browser, name="<script>alert(1)</script>").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_the_api_has_the_path_that_the_examples_call() -> None:
    assert any(str(each.pattern) == "v1/me" for each in api_urls)
