"""A key's own page, its first use, and changing it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from accounts.web import client as callers
from apikeys import lookup, tokens, usage
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key, revoke_key
from tests.apikeys.test_views_list import text_of
from tests.apikeys.uses import call, count, use
from tests.fixtures import PASSWORD, age_sign_in

Key = tuple[APIKey, str]
DAY = timedelta(days=1)
CURL = callers.Client(ip="203.0.113.7", agent="curl/8.5.0")


def page_of(browser: Client, key: APIKey, page: str = "") -> str:
    return browser.get(f"/settings/api-keys/{key.uid}/{page}", follow=True).content.decode()


def change(browser: Client, key: APIKey, **fields: str) -> Any:
    sent = {"name": key.name, "permission": key.permission, **fields}
    return browser.post(f"/settings/api-keys/{key.uid}/edit/", sent)


def test_the_page_has_the_facts(alice_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    now = timezone.now()
    APIKey.objects.filter(pk=key.pk).update(expires_at=now + 67 * DAY)
    lookup.authenticate_key(tokens.parse(raw), call(CURL))
    use(key, CURL)
    usage.flush()
    count(key, now - 3 * DAY, 1203)
    page = text_of(page_of(alice_browser, key))
    assert "Reports bot Active" in page
    assert key.shown_id in page
    assert "Permission Read-only Last used just now from 203.0.113.7 by curl/8.5" in page
    assert f"Expires in 67 days {now + 67 * DAY:%-d %B %Y} Created {now:%-d %B %Y}" in page
    assert "Last 24 hours 1 Last 30 days 1,204" in page
    assert "It was used just now . Its callers start failing with 401 at once." in page


def test_a_key_never_used_says_so(alice_browser: Client, read_only: Key) -> None:
    page = text_of(page_of(alice_browser, read_only[0]))
    assert "Last used Never Expires Never" in page
    assert "Nothing has used it so far." in page


@pytest.mark.parametrize("part", ["", "edit/", "delete/"])
def test_a_deleted_key_can_only_be_restored(alice_browser: Client, read_only: Key, part: str) -> None:
    key, _ = read_only
    delete_key(key)
    html = page_of(alice_browser, key, part)
    assert "You deleted this key" in html
    assert f'action="/settings/api-keys/{key.uid}/restore/"' in html
    assert f"/settings/api-keys/{key.uid}/edit/" not in html
    assert f"/settings/api-keys/{key.uid}/delete/" not in html


@pytest.mark.parametrize("part", ["", "edit/", "delete/", "restore/"])
def test_a_revoked_key_says_why_and_offers_nothing(alice_browser: Client, read_only: Key, part: str) -> None:
    key, _ = read_only
    revoke_key(key, reason="Found on <a public page>", by="staff")
    html = page_of(alice_browser, key, part)
    assert "Found on &lt;a public page&gt;" in html
    assert f"/settings/api-keys/{key.uid}/restore/" not in html
    assert f"/settings/api-keys/{key.uid}/delete/" not in html


def test_an_expired_key_can_be_renamed_and_deleted(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - DAY)
    html = page_of(alice_browser, key)
    assert "This key expired" in html
    assert "It does not work any more." in html
    assert change(alice_browser, key, name="Old reports").status_code == 302
    assert f"/settings/api-keys/{key.uid}/delete/" in html


def test_a_key_that_ended_more_than_seven_days_ago_is_not_found(
    alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    APIKey.objects.filter(pk=key.pk).update(deleted_at=timezone.now() - 7 * DAY)
    assert alice_browser.get(f"/settings/api-keys/{key.uid}/").status_code == 404


def test_the_first_use_is_told_with_address_and_program(alice_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    path = f"/settings/api-keys/{key.uid}/first-use/"
    waiting = alice_browser.get(path)
    assert waiting.json() == {"received": False}
    assert "no-store" in waiting["Cache-Control"]
    lookup.authenticate_key(tokens.parse(raw), call(CURL))
    assert alice_browser.get(path).json() == {"received": True, "from": "203.0.113.7", "agent": "curl/8.5"}


def test_a_use_from_nowhere_is_told_too(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    use(key, callers.NOBODY)
    usage.flush()
    answer = alice_browser.get(f"/settings/api-keys/{key.uid}/first-use/").json()
    assert answer == {"received": True, "from": "", "agent": ""}


def test_renaming_and_narrowing_ask_for_no_password(
    alice: User, alice_browser: Client, read_write: Key
) -> None:
    key, _ = read_write
    age_sign_in(alice_browser, 3600)
    sent = change(alice_browser, key, name="Deploy from anywhere", permission="read-only")
    assert sent["Location"] == f"/settings/api-keys/{key.uid}/"
    key.refresh_from_db()
    assert (key.name, key.permission) == ("Deploy from anywhere", "read-only")
    assert "<strong>Deploy from anywhere</strong> is saved." in page_of(alice_browser, key)
    line = Activity.objects.get(user=alice, event="key_changed")
    assert line.details["changed"] == {
        "name": ["Deploy from CI", "Deploy from anywhere"],
        "permission": ["read-write", "read-only"],
    }


def test_widening_takes_a_recent_sign_in(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    assert change(alice_browser, key, permission="read-write").status_code == 302
    key.refresh_from_db()
    assert key.permission == "read-write"


def test_widening_on_an_old_sign_in_asks_for_the_password_and_keeps_the_form(
    alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    path = f"/settings/api-keys/{key.uid}/edit/"
    age_sign_in(alice_browser, 901)
    asked = change(alice_browser, key, name="Writes too", permission="read-write")
    assert asked["Location"].startswith("/reauthenticate/?next=")
    key.refresh_from_db()
    assert (key.name, key.permission) == ("Reports bot", "read-only")
    assert alice_browser.post("/reauthenticate/", {"password": PASSWORD, "next": path})["Location"] == path
    page = alice_browser.get(path).content.decode()
    assert 'value="Writes too"' in page
    assert change(alice_browser, key, name="Writes too", permission="read-write").status_code == 302
    key.refresh_from_db()
    assert (key.name, key.permission) == ("Writes too", "read-write")


def test_an_old_tab_cannot_widen_a_key_that_was_narrowed_since(
    alice_browser: Client, read_write: Key
) -> None:
    key, _ = read_write
    APIKey.objects.filter(pk=key.pk).update(permission="read-only")
    age_sign_in(alice_browser, 901)
    asked = change(alice_browser, key, name="Renamed", permission="read-write")
    assert asked["Location"].startswith("/reauthenticate/")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "deploy FROM ci"}, "Name is already used by another live key. Choose a different one."),
        ({"name": ""}, "Name is empty. Enter at least one character."),
        ({"permission": "admin"}, "Choose read-only or read-write."),
    ],
)
def test_a_bad_change_says_what_is_wrong_and_changes_nothing(
    alice_browser: Client, read_only: Key, read_write: Key, fields: dict[str, str], error: str
) -> None:
    key, _ = read_only
    page = change(alice_browser, key, **fields).content.decode()
    assert error in page
    if name := fields.get("name"):
        assert f'value="{name}"' in page
    key.refresh_from_db()
    assert (key.name, key.permission) == ("Reports bot", "read-only")


def test_a_change_of_a_key_deleted_meanwhile_says_so(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    delete_key(key)
    sent = alice_browser.post(
        f"/settings/api-keys/{key.uid}/edit/", {"name": "New name", "permission": "read-only"}, follow=True
    )
    assert "This key is deleted already." in sent.content.decode()
    key.refresh_from_db()
    assert key.name == "Reports bot"


def test_a_long_name_is_short_only_in_the_breadcrumb(alice: User, alice_browser: Client) -> None:
    key, _ = create_key(alice, name="W" * 100, permission="read-only")
    page = page_of(alice_browser, key)
    assert f"<span>{'W' * 100}</span>" in page
    assert f'<li aria-current="page">{"W" * 39}…</li>' in page
