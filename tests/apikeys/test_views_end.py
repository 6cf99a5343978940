"""Deleting a key with the facts first, and taking it back."""

import functools
import time
from datetime import timedelta
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from apikeys.models import APIKey
from apikeys.services import create_key, delete_key, disable_key, revoke_key, rotate_key
from tests.apikeys.test_races import at_once
from tests.apikeys.test_views_list import text_of
from tests.apikeys.uses import count
from tests.fixtures import PASSWORD, age_sign_in, sign_in

Key = tuple[APIKey, str]
LIST = "/settings/api-keys/"
DAY = timedelta(days=1)
NOT_THE_NAME = "This is not the name of the key. Type it as it is written above."


def use(key: APIKey, ago: timedelta, requests: int = 0, ip: str | None = "203.0.113.7") -> None:
    at = timezone.now() - ago
    APIKey.objects.filter(pk=key.pk).update(last_used_at=at, last_used_ip=ip)
    if requests:
        count(key, at, requests)


def question(browser: Client, key: APIKey, page: str = "") -> str:
    html = browser.get(f"/settings/api-keys/{key.uid}/delete/{page}").content.decode()
    return text_of(html.split('id="delete-facts">')[1].split("</form>")[0])


def delete(browser: Client, key: APIKey, confirm: str = "") -> Any:
    return browser.post(f"/settings/api-keys/{key.uid}/delete/", {"confirm": confirm})


def restore(browser: Client, key: APIKey) -> Any:
    return browser.post(f"/settings/api-keys/{key.uid}/restore/")


@pytest.mark.parametrize("part", ["", "?dialog"])
def test_the_facts_come_first(alice_browser: Client, read_only: Key, part: str) -> None:
    key, _ = read_only
    use(key, timedelta(minutes=2), requests=1204)
    assert question(alice_browser, key, part).startswith(
        "1,204 requests in the last 24 hours , the last one 2 minutes ago from 203.0.113.7. "
        "They will start failing with 401 at once. Rotate instead New secret now, the old one until you have "
        "switched. Rotate… Disable for 10 minutes See who breaks. It comes back on by itself. Disable "
        "To delete it, type Reports bot"
    )


def test_one_request_is_told_in_the_singular_and_an_unknown_address_not_at_all(
    alice_browser: Client, read_only: Key
) -> None:
    use(read_only[0], timedelta(minutes=2), requests=1, ip=None)
    assert question(alice_browser, read_only[0]).startswith(
        "1 request in the last 24 hours , the last one 2 minutes ago . They will start failing"
    )


def test_a_key_used_some_days_ago_says_when(alice_browser: Client, read_only: Key) -> None:
    use(read_only[0], 3 * DAY, requests=5)
    assert question(alice_browser, read_only[0]).startswith(
        "No request in the last 24 hours , the last one 3 days ago from 203.0.113.7. "
        "The next one will fail with 401."
    )


def test_an_unused_key_needs_one_click(alice: User, alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    asked = question(alice_browser, key)
    assert asked.startswith("It was never used. Nothing that runs now will fail without it.")
    assert "type" not in asked
    assert delete(alice_browser, key)["Location"] == LIST
    page = alice_browser.get(LIST).content.decode()
    notice = page.split('class="notice')[1].split("</form>")[0]
    assert "<strong>Reports bot</strong> is deleted." in notice
    assert f'action="/settings/api-keys/{key.uid}/restore/"' in notice
    assert ">Undo</button>" in notice
    key.refresh_from_db()
    assert key.state == "deleted"
    assert Activity.objects.filter(user=alice, event="key_deleted", credential=key.uid).count() == 1


def test_an_expired_key_is_said_to_fail_already(alice_browser: Client, read_only: Key) -> None:
    APIKey.objects.filter(pk=read_only[0].pk).update(expires_at=timezone.now() - 2 * DAY)
    assert question(alice_browser, read_only[0]).startswith(
        "It expired 2 days ago , so requests with it fail already."
    )


@pytest.mark.parametrize(("typed", "error"), [("", "Type the name of the key."), ("Reports", NOT_THE_NAME)])
def test_a_used_key_is_deleted_only_by_its_name(
    alice_browser: Client, read_only: Key, typed: str, error: str
) -> None:
    key, _ = read_only
    use(key, timedelta(minutes=2), requests=7)
    page = delete(alice_browser, key, typed).content.decode()
    assert error in page
    assert "7 requests in the last 24 hours" in page
    key.refresh_from_db()
    assert key.state == "active"
    assert delete(alice_browser, key, "reports bot ")["Location"] == LIST
    key.refresh_from_db()
    assert key.state == "deleted"


def test_a_key_used_between_the_question_and_the_click_asks_for_its_name(
    alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    assert "type" not in question(alice_browser, key)
    use(key, timedelta(0), requests=1)
    assert "Type the name of the key." in delete(alice_browser, key).content.decode()


def test_deleting_asks_for_no_password(alice_browser: Client, read_only: Key) -> None:
    age_sign_in(alice_browser, 86400)
    assert delete(alice_browser, read_only[0])["Location"] == LIST


def test_a_deleted_key_is_refused_at_once(alice_browser: Client, read_only: Key, api: Any) -> None:
    key, raw = read_only
    assert api("GET", "/v1/me", raw).status_code == 200
    delete(alice_browser, key, key.name)
    assert api("GET", "/v1/me", raw).status_code == 401


def test_the_second_deletion_says_that_it_is_deleted_already(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    delete(alice_browser, key)
    alice_browser.get(LIST)
    again = delete(alice_browser, key)
    assert again["Location"] == f"/settings/api-keys/{key.uid}/"
    assert (
        "<strong>Reports bot</strong> has ended already."
        in alice_browser.get(again["Location"]).content.decode()
    )
    assert Activity.objects.filter(event="key_deleted").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_deletions_at_once_one_deletes_and_both_end_well(alice: User, read_only: Key) -> None:
    key, _ = read_only
    browsers = [sign_in(alice), sign_in(alice)]
    answers = at_once(*(functools.partial(delete, browser, key) for browser in browsers))
    assert [cast("HttpResponse", answer).status_code for answer in answers] == [302, 302]
    assert Activity.objects.filter(event="key_deleted").count() == 1


def test_undo_brings_the_key_back(alice: User, alice_browser: Client, read_only: Key, api: Any) -> None:
    key, raw = read_only
    delete(alice_browser, key)
    assert restore(alice_browser, key)["Location"] == LIST
    page = alice_browser.get(LIST).content.decode()
    assert "<strong>Reports bot</strong> is restored." in page
    assert api("GET", "/v1/me", raw).status_code == 200
    assert Activity.objects.filter(user=alice, event="key_restored", credential=key.uid).count() == 1


def test_undo_on_an_old_sign_in_asks_for_the_password_and_then_does_it(
    alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    path = f"/settings/api-keys/{key.uid}/restore/"
    age_sign_in(alice_browser, 901)
    delete(alice_browser, key)
    assert restore(alice_browser, key)["Location"].startswith("/reauthenticate/?next=")
    assert alice_browser.get(path).status_code == 200  # not before the password
    key.refresh_from_db()
    assert key.state == "deleted"
    assert alice_browser.post("/reauthenticate/", {"password": PASSWORD, "next": path})["Location"] == path
    assert alice_browser.get(path)["Location"] == LIST
    key.refresh_from_db()
    assert key.state == "active"
    delete(alice_browser, key)
    page = alice_browser.get(path).content.decode()  # the press counted once
    assert "Restore “Reports bot”?" in page
    assert key.shown_id in page


def test_a_press_of_undo_counts_only_for_a_while(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    path = f"/settings/api-keys/{key.uid}/restore/"
    age_sign_in(alice_browser, 901)
    delete(alice_browser, key)
    restore(alice_browser, key)
    session = alice_browser.session
    session["form-drafts"][path]["values"]["pressed-at"] = str(time.time() - 901)
    session.save()
    age_sign_in(alice_browser, 0)
    assert "Restore “Reports bot”?" in alice_browser.get(path).content.decode()
    key.refresh_from_db()
    assert key.state == "deleted"


def test_no_link_restores_a_key_that_nobody_pressed_undo_for(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    delete(alice_browser, key)
    alice_browser.get(f"/settings/api-keys/{key.uid}/restore/")
    key.refresh_from_db()
    assert key.state == "deleted"


@pytest.mark.parametrize("part", ["", "?dialog"])
def test_a_key_used_within_seven_days_is_offered_other_ways_first(
    alice_browser: Client, read_only: Key, part: str
) -> None:
    key, _ = read_only
    use(key, 6 * DAY)
    html = alice_browser.get(f"/settings/api-keys/{key.uid}/delete/{part}").content.decode()
    assert f'href="/settings/api-keys/{key.uid}/rotate/"' in html
    assert f'formaction="/settings/api-keys/{key.uid}/disable/"' in html
    assert html.index("Rotate instead") < html.index("To delete it, type")
    use(key, 8 * DAY)
    assert "Rotate instead" not in question(alice_browser, key)
    use(key, DAY)
    rotate_key(key, grace=3600)
    asked = question(alice_browser, key)
    assert "Rotate instead" not in asked
    assert "Disable for 10 minutes" in asked


def test_a_disabled_key_is_said_to_fail_already(alice_browser: Client, read_only: Key) -> None:
    disable_key(read_only[0])
    assert question(alice_browser, read_only[0]).startswith(
        "It is disabled , so requests with it fail already."
    )


def test_a_name_taken_meanwhile_is_told_with_the_way_out(
    alice: User, alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    delete_key(key)
    create_key(alice, name="REPORTS BOT", permission="read-only")
    page = restore(alice_browser, key).content.decode()
    assert "Another live key has this name now. Rename or delete that one, then restore this one." in page
    key.refresh_from_db()
    assert key.state == "deleted"


@pytest.mark.matrix  # as many as there may be
def test_fifty_other_keys_leave_no_room_to_restore(
    alice: User, alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    delete_key(key)
    for number in range(50):
        create_key(alice, name=f"key {number}", permission="read-only")
    assert "You have 50 live keys, which is the most." in restore(alice_browser, key).content.decode()


def test_a_revoked_key_stays_revoked(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    delete_key(key)
    revoke_key(key, reason="leaked", by="staff")
    answer = restore(alice_browser, key)
    assert (
        "This key was revoked. That cannot be undone."
        in alice_browser.get(answer["Location"]).content.decode()
    )
    key.refresh_from_db()
    assert key.state == "revoked"


def test_a_key_that_is_not_deleted_has_nothing_to_restore(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    answer = alice_browser.get(f"/settings/api-keys/{key.uid}/restore/")
    assert answer["Location"] == f"/settings/api-keys/{key.uid}/"


def test_after_seven_days_there_is_no_way_back(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    APIKey.objects.filter(pk=key.pk).update(deleted_at=timezone.now() - 7 * DAY)
    assert restore(alice_browser, key).status_code == 404


def test_a_dialog_is_a_fragment_that_sends_to_the_page(alice_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    html = alice_browser.get(f"/settings/api-keys/{key.uid}/delete/?dialog").content.decode()
    assert "<html" not in html
    assert f'action="/settings/api-keys/{key.uid}/delete/"' in html
    assert "csrfmiddlewaretoken" in html
