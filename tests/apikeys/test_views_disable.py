"""Disabling a key on its owner's pages: for a while, or until it is enabled."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Activity
from apikeys import lookup, tokens, usage
from apikeys.models import APIKey, DisabledBy, KeyState
from apikeys.services import disable_key
from tests.apikeys.test_views_list import text_of
from tests.apikeys.uses import call, count
from tests.cases import cases
from tests.fixtures import age_sign_in

Key = tuple[APIKey, str]


def path_of(key: APIKey, page: str = "disable/") -> str:
    return f"/settings/api-keys/{key.uid}/{page}"


@pytest.mark.parametrize(("seconds", "words"), [("600", "in 9 minutes"), ("3600", "in 59 minutes")])
def test_a_key_is_disabled_for_a_while_and_comes_back_by_itself(
    alice_browser: Client, read_only: Key, seconds: str, words: str
) -> None:
    key, raw = read_only
    age_sign_in(alice_browser, 86400)  # disabling never asks for one
    sent = alice_browser.post(path_of(key), {"seconds": seconds})
    assert sent["Location"] == path_of(key, "requests/")
    with pytest.raises(lookup.KeyRefused, match="disabled"):
        lookup.authenticate_key(tokens.parse(raw), call())
    usage.flush()
    page = text_of(alice_browser.get(path_of(key, "requests/")).content)
    assert "Reports bot is disabled." in page
    assert f"You disabled this key just now , it is back {words}" in page
    assert "203.0.113.7 curl/8.5 The key is disabled" in page
    with time_machine.travel(timezone.now() + timedelta(seconds=int(seconds) + 1)):
        assert lookup.authenticate_key(tokens.parse(raw), call()).key.state == KeyState.ACTIVE


@pytest.mark.matrix  # what is rare
def test_until_it_is_enabled_takes_the_place_of_a_time_and_never_the_other_way(
    alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    alice_browser.post(path_of(key), {"seconds": "600"})
    page = alice_browser.get(path_of(key, "")).content.decode()
    assert "Keep it disabled" in page
    alice_browser.post(path_of(key), {"seconds": ""})
    key.refresh_from_db()
    assert (key.state, key.disabled_until) == (KeyState.DISABLED, None)
    assert "Keep it disabled" not in alice_browser.get(path_of(key, "")).content.decode()
    refused = alice_browser.post(path_of(key), {"seconds": "600"}, follow=True).content.decode()
    assert "This key is disabled already. A time would only shorten that." in refused
    key.refresh_from_db()
    assert key.disabled_until is None
    assert Activity.objects.filter(event="key_disabled").count() == 2


def test_the_page_asks_with_the_facts(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    count(key, timezone.now(), 1204)
    page = text_of(alice_browser.get(path_of(key)).content)
    assert "For 10 minutes For 1 hour Until I enable it" in page
    assert "1,204 requests in the last 24 hours." in page
    disable_key(key)
    assert alice_browser.get(path_of(key))["Location"] == path_of(key, "")


@pytest.mark.matrix  # odd input
@cases("seconds", ["1", "0", "-600", "x", "9" * 400])
def test_another_time_is_refused(alice_browser: Client, read_only: Key, seconds: str) -> None:
    page = alice_browser.post(path_of(read_only[0]), {"seconds": seconds}).content.decode()
    assert "Choose one of the times listed." in page
    read_only[0].refresh_from_db()
    assert read_only[0].state == KeyState.ACTIVE


def test_the_delete_dialogs_button_disables_instead(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    alice_browser.post(path_of(key), {"seconds": "600", "confirm": key.name})
    key.refresh_from_db()
    assert key.state == KeyState.DISABLED
    assert isinstance(key.disabled_until, datetime)


def test_what_staff_disabled_says_why_and_offers_nothing(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    disable_key(key, by=DisabledBy.STAFF, reason="Seen <in> a log")
    html = alice_browser.get(path_of(key, "")).content.decode()
    assert "Seen &lt;in&gt; a log" in html
    assert "They alone can enable it." in html
    assert path_of(key, "enable/") not in html
    listed = text_of(alice_browser.get("/settings/api-keys/").content)
    assert "can be enabled by Craft's staff" in listed
