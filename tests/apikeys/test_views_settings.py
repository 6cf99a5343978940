"""A key's settings: only what this tab changed is written, and what widens takes a recent sign-in."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from apikeys.models import APIKey, KeyState
from apikeys.services import change_key, delete_key
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in

Key = tuple[APIKey, str]
DAY = timedelta(days=1)


def path_of(key: APIKey) -> str:
    return f"/settings/api-keys/{key.uid}/settings/"


def shown(browser: Client, key: APIKey) -> dict[str, str]:
    """The form as its page shows it: what is sent when nothing is changed."""
    html = browser.get(path_of(key)).content.decode()
    form = html.split("data-key-form")[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(shown-\w+|form-of)" value="([^"]*)"', form))
    fields["name"] = re.findall(r'name="name"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="name"', form)[0][
        0
    ]
    fields["permission"] = re.findall(r'value="(read-\w+)"\s+checked', form)[0]
    fields["expires"] = re.findall(r'<option value="(\w+)"[^>]* selected', form)[0]
    return fields


def change(browser: Client, key: APIKey, **fields: str) -> Any:
    return browser.post(path_of(key), {**shown(browser, key), **fields})


def test_a_form_sent_as_it_was_shown_changes_nothing(
    alice: User, alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    change_key(key, expires_at=timezone.now() + 50 * DAY)
    before = APIKey.objects.values().get()
    assert change(alice_browser, key)["Location"] == path_of(key)
    assert APIKey.objects.values().get() == before
    assert Activity.objects.filter(event="key_changed").count() == 1


def test_what_another_tab_changed_is_not_written_back(alice_browser: Client, read_write: Key) -> None:
    key, _ = read_write
    old_tab = shown(alice_browser, key)
    change(alice_browser, key, name="Renamed elsewhere")
    alice_browser.post(path_of(key), {**old_tab, "permission": "read-only"})
    key.refresh_from_db()
    assert (key.name, key.permission) == ("Renamed elsewhere", "read-only")
    alice_browser.post(path_of(key), {**old_tab, "name": "Renamed here"})
    key.refresh_from_db()
    assert (key.name, key.permission) == ("Renamed here", "read-only")


def test_renaming_narrowing_and_shortening_ask_for_no_password(
    alice: User, alice_browser: Client, read_write: Key
) -> None:
    key, _ = read_write
    age_sign_in(alice_browser, 3600)
    sent = change(alice_browser, key, name="Deploy <from> anywhere", permission="read-only", expires="30")
    assert sent["Location"] == path_of(key)
    key.refresh_from_db()
    assert (key.name, key.permission) == ("Deploy <from> anywhere", "read-only")
    assert key.expires_at is not None
    html = alice_browser.get(path_of(key)).content.decode()
    assert "<strong>Deploy &lt;from&gt; anywhere</strong> is saved." in html
    line = Activity.objects.get(user=alice, event="key_changed")
    assert line.details["changed"] == {
        "name": ["Deploy from CI", "Deploy <from> anywhere"],
        "permission": ["read-write", "read-only"],
        "expiry": ["never", f"{key.expires_at:%Y-%m-%d %H:%M} UTC"],
    }


@cases(
    "fields",
    [
        {"permission": "read-write"},
        {"expires": "365"},
        {"expires": "never"},
        {"expires": "date", "expires_on": "2999-12-31"},
    ],
)
def test_widening_or_extending_takes_a_recent_sign_in_and_the_form_comes_back_filled(
    alice_browser: Client, read_only: Key, fields: dict[str, str]
) -> None:
    key, _ = read_only
    change_key(key, expires_at=timezone.now() + 50 * DAY)
    before = APIKey.objects.values().get()
    age_sign_in(alice_browser, 901)
    asked = change(alice_browser, key, name="Wider", **fields)
    assert asked["Location"].startswith("/reauthenticate/?next=")
    assert APIKey.objects.values().get() == before
    next_page = alice_browser.post("/reauthenticate/", {"password": PASSWORD, "next": path_of(key)})
    assert next_page["Location"] == path_of(key)
    html = alice_browser.get(path_of(key)).content.decode()
    assert "Your form is as you left it." in html
    assert 'value="Wider"' in html
    chosen = re.findall(r'value="([^"]+)"[^>]* (?:checked|selected)|type="date"[^>]* value="([^"]+)"', html)
    assert set(fields.values()) <= {value for either in chosen for value in either}
    assert "as you left it" not in alice_browser.get(path_of(key)).content.decode()
    change(alice_browser, key, name="Wider", **fields)
    key.refresh_from_db()
    assert key.name == "Wider"
    if expires := fields.get("expires"):
        assert (key.expires_at is None) == (expires == "never")
    else:
        assert key.permission == "read-write"


def test_what_another_tab_changed_while_one_signed_in_is_not_written_back(
    alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    age_sign_in(alice_browser, 901)
    change(alice_browser, key, permission="read-write")
    change_key(key, name="Renamed meanwhile")
    alice_browser.post("/reauthenticate/", {"password": PASSWORD, "next": path_of(key)})
    back = shown(alice_browser, key)
    assert (back["name"], back["permission"]) == ("Renamed meanwhile", "read-write")
    alice_browser.post(path_of(key), back)
    key.refresh_from_db()
    assert (key.name, key.permission) == ("Renamed meanwhile", "read-write")


def test_a_form_sent_after_the_session_ended_comes_back_filled_in(
    alice: User, alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    sent = {**shown(alice_browser, key), "name": "New name", "permission": "read-write", "expires": "30"}
    Session.objects.all().delete()
    assert alice_browser.post(path_of(key), sent)["Location"] == f"/login/?next={path_of(key)}"
    alice_browser.post("/login/", {"login": alice.email, "password": PASSWORD, "next": path_of(key)})
    html = alice_browser.get(path_of(key)).content.decode()
    assert "Your form is as you left it." in html
    assert 'value="New name"' in html
    key.refresh_from_db()
    assert key.name == "Reports bot"


def test_an_old_tab_cannot_widen_a_key_that_was_narrowed_since(
    alice_browser: Client, read_write: Key
) -> None:
    key, _ = read_write
    sent = {"name": key.name, "permission": "read-write", "expires": "keep", "shown-permission": "read-only"}
    APIKey.objects.filter(pk=key.pk).update(permission="read-only")
    age_sign_in(alice_browser, 901)
    assert alice_browser.post(path_of(key), sent)["Location"].startswith("/reauthenticate/")


def test_an_expired_key_says_so_and_can_be_extended(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - DAY)
    html = alice_browser.get(path_of(key)).content.decode()
    assert "This key expired" in html
    assert "It does not work now." in html
    assert f"/settings/api-keys/{key.uid}/delete/" in html
    assert change(alice_browser, key, name="Old reports").status_code == 302
    key.refresh_from_db()
    assert key.state == KeyState.EXPIRED
    change(alice_browser, key, expires="30")
    key.refresh_from_db()
    assert (key.name, key.state) == ("Old reports", KeyState.ACTIVE)


def test_a_last_day_is_the_day_that_every_page_says(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    change(alice_browser, key, expires="date", expires_on="2999-02-22")
    key.refresh_from_db()
    assert key.expires_at == datetime(2999, 2, 22, 23, 59, 59, tzinfo=UTC)
    assert "22 February 2999" in alice_browser.get(f"/settings/api-keys/{key.uid}/").content.decode()
    assert (
        'value="keep" data-until="22 February 2999" selected'
        in alice_browser.get(path_of(key)).content.decode()
    )


@pytest.mark.matrix  # odd input
@cases(
    ("fields", "error"),
    [
        ({"name": "deploy FROM ci"}, "Name is already used by another live key. Choose a different one."),
        ({"name": ""}, "Name is empty. Enter at least one character."),
        ({"permission": "admin"}, "Choose read-only or read-write."),
        ({"expires": "8"}, "Choose one of the times listed."),
        ({"expires": "date", "expires_on": "2001-01-01"}, "This day is over. Choose today or a later one."),
        ({"expires": "date", "expires_on": "2999-01-01 25:00"}, "This is no date. Enter one such as"),
        ({"expires": "date", "expires_on": "10000-01-01"}, "This is no date. Enter one such as"),
    ],
)
def test_a_bad_change_says_what_is_wrong_and_changes_nothing(
    alice_browser: Client, read_only: Key, read_write: Key, fields: dict[str, str], error: str
) -> None:
    key, _ = read_only
    before = APIKey.objects.values().get(pk=key.pk)
    page = change(alice_browser, key, **fields).content.decode()
    assert error in page
    if name := fields.get("name"):
        assert f'value="{name}"' in page
    assert APIKey.objects.values().get(pk=key.pk) == before


def test_a_change_of_a_key_deleted_meanwhile_says_so(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    sent = {**shown(alice_browser, key), "name": "New name"}
    delete_key(key)
    page = alice_browser.post(path_of(key), sent, follow=True).content.decode()
    assert "This key is deleted already." in page
    key.refresh_from_db()
    assert key.name == "Reports bot"
