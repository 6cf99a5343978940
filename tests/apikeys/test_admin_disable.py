"""Staff disable and enable keys in the admin, with a reason that the owner reads."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from apikeys.models import APIKey, KeyState
from apikeys.services import delete_key, disable_key, revoke_key
from tests.apikeys.uses import count
from tests.fixtures import age_sign_in, signed_in
from tests.mailbox import mailbox

Key = tuple[APIKey, str]


def path_of(key: APIKey, action: str) -> str:
    return f"/admin/apikeys/apikey/{key.pk}/{action}/"


def state_of(key: APIKey) -> KeyState:
    return APIKey.objects.get(pk=key.pk).state


def test_staff_disable_with_a_reason_and_enable_again(
    sam_browser: Client, alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    change = sam_browser.get(path_of(key, "change")).content.decode()
    assert path_of(key, "disable") in change
    assert path_of(key, "enable") not in change
    count(key, timezone.now(), 1204)
    APIKey.objects.update(last_used_at=timezone.now())
    assert "1,204" in sam_browser.get(path_of(key, "disable")).content.decode()
    sent = sam_browser.post(path_of(key, "disable"), {"reason": "Seen <in> a log"})
    assert sent["Location"] == path_of(key, "change")
    assert state_of(key) == KeyState.DISABLED
    assert LogEntry.objects.get().change_message == "Disabled. Reason: Seen <in> a log"
    line = Activity.objects.get(event="key_disabled")
    assert line.details == {"name": "Reports bot", "by": "staff", "reason": "Seen <in> a log"}
    assert "Seen <in> a log" in mailbox()[-1].body
    assert "Seen &lt;in&gt; a log" in alice_browser.get(f"/settings/api-keys/{key.uid}/").content.decode()
    change = sam_browser.get(path_of(key, "change")).content.decode()
    assert "Seen &lt;in&gt; a log" in change
    assert path_of(key, "enable") in change
    alice_browser.post(f"/settings/api-keys/{key.uid}/enable/")
    assert state_of(key) == KeyState.DISABLED
    assert sam_browser.post(path_of(key, "enable"))["Location"] == path_of(key, "change")
    assert state_of(key) == KeyState.ACTIVE
    assert Activity.objects.get(event="key_enabled").details["by"] == "staff"


def test_what_the_owner_disabled_staff_can_take_over(
    sam_browser: Client, alice_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    disable_key(key, seconds=600)
    sam_browser.post(path_of(key, "disable"), {"reason": "Leaked"})
    alice_browser.post(f"/settings/api-keys/{key.uid}/disable/", {"seconds": ""})
    alice_browser.post(f"/settings/api-keys/{key.uid}/enable/")
    key.refresh_from_db()
    assert (key.state, key.disabled_until, key.disabled_by) == (KeyState.DISABLED, None, "staff")
    assert key.disabled_reason == "Leaked"


@pytest.mark.matrix  # odd input
@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_without_a_reason_nothing_happens(sam_browser: Client, read_only: Key, reason: str) -> None:
    page = sam_browser.post(path_of(read_only[0], "disable"), {"reason": reason})
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert state_of(read_only[0]) == KeyState.ACTIVE


def test_a_key_that_has_ended_cannot_be_disabled(sam_browser: Client, read_only: Key) -> None:
    key, _ = read_only
    delete_key(key)
    page = sam_browser.post(path_of(key, "disable"), {"reason": "Leaked"}, follow=True).content.decode()
    assert "This key is deleted already." in page
    assert (
        "This key is deleted already."
        in sam_browser.get(path_of(key, "disable"), follow=True).content.decode()
    )
    revoke_key(key, reason="Leaked", by="staff")
    assert "revoked already" in sam_browser.post(path_of(key, "enable"), follow=True).content.decode()
    assert LogEntry.objects.count() == 0


@pytest.mark.matrix  # each act
@pytest.mark.parametrize("action", ["disable", "enable"])
def test_who_may_only_look_may_not_act(
    alice: User, bob: User, bob_browser: Client, read_only: Key, action: str
) -> None:
    key, _ = read_only
    if action == "enable":
        disable_key(key)
    before = state_of(key)
    assert bob_browser.post(path_of(key, action), {"reason": "x"}).status_code in (302, 404)
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    bob.user_permissions.add(Permission.objects.get(codename="view_apikey"))
    looker = signed_in(User.objects.get(pk=bob.pk))
    assert looker.post(path_of(key, action), {"reason": "x"}).status_code == 403
    assert state_of(key) == before


@pytest.mark.parametrize("action", ["disable", "enable"])
def test_staff_with_an_old_session_are_asked_to_sign_in_again(
    sam_browser: Client, read_only: Key, action: str
) -> None:
    age_sign_in(sam_browser, 901)
    sent = sam_browser.post(path_of(read_only[0], action), {"reason": "x"})
    assert sent["Location"].startswith("/reauthenticate/")
    assert state_of(read_only[0]) == KeyState.ACTIVE


def test_looking_enables_nothing(sam_browser: Client, read_only: Key) -> None:
    disable_key(read_only[0])
    sam_browser.get(path_of(read_only[0], "enable"))
    assert state_of(read_only[0]) == KeyState.DISABLED
