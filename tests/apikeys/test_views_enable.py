"""Disabled keys on their owner's pages, and enabling them."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from accounts.services import switch_account
from apikeys.models import APIKey, KeyState
from apikeys.services import KeyEnded, StateForbids, create_key, delete_key, enable_key, restore_key
from tests.fixtures import age_sign_in, signed_in

Key = tuple[APIKey, str]


def disable(key: APIKey, by: str) -> None:
    """As it comes about: with the account, or by somebody."""
    if by == "reactivation":
        switch_account(key.user, active=False)
        switch_account(key.user, active=True)
        key.user.refresh_from_db()
    else:
        APIKey.objects.filter(pk=key.pk).update(disabled_at=timezone.now(), disabled_by=by)


def answer(raw: str) -> int:
    return Client(headers={"Authorization": f"Bearer {raw}"}).get("/v1/me").status_code


@pytest.mark.parametrize("by", ["owner", "reactivation"])
def test_the_owner_enables_a_key_after_a_recent_sign_in(by: str, alice: User, read_only: Key) -> None:
    key, raw = read_only
    disable(key, by)
    browser = signed_in(alice)
    page = browser.get(f"/settings/api-keys/{key.uid}/").content.decode()
    path = f"/settings/api-keys/{key.uid}/enable/"
    assert path in page
    assert "#pause" in page
    assert path in browser.get("/settings/api-keys/").content.decode()
    age_sign_in(browser, 16 * 60)
    response = browser.post(path)
    assert response["Location"].startswith("/reauthenticate/?next=")
    assert answer(raw) == 401
    age_sign_in(browser, 0)
    assert "can use Craft with it again at once" in browser.get(path).content.decode()
    assert browser.post(path)["Location"] == f"/settings/api-keys/{key.uid}/"
    assert answer(raw) == 200
    line = Activity.objects.get(event="key_enabled")
    assert (line.credential, line.details, line.ip) == (
        key.uid,
        {"name": "Reports bot", "by": "owner"},
        "127.0.0.1",
    )
    assert browser.get(path)["Location"] == f"/settings/api-keys/{key.uid}/"
    browser.post(path)
    assert Activity.objects.filter(event="key_enabled").count() == 1


def test_what_staff_disabled_the_owner_cannot_enable(alice_browser: Client, read_only: Key) -> None:
    key, raw = read_only
    disable(key, "staff")
    page = alice_browser.get(f"/settings/api-keys/{key.uid}/").content.decode()
    assert "They alone can enable it." in page
    path = f"/settings/api-keys/{key.uid}/enable/"
    assert path not in page + alice_browser.get("/settings/api-keys/").content.decode()
    page = alice_browser.post(path, follow=True).content.decode()
    assert "they alone can enable it" in page
    assert answer(raw) == 401
    disable(key, "reactivation")
    with pytest.raises(StateForbids):
        enable_key(key)


def test_nobody_else_enables_a_key_and_get_enables_none(
    alice: User, alice_browser: Client, bob_browser: Client, read_only: Key
) -> None:
    key, raw = read_only
    disable(key, "owner")
    path = f"/settings/api-keys/{key.uid}/enable/"
    assert bob_browser.post(path).status_code == 404
    assert Client().post(path).status_code == 302
    alice_browser.get(path)
    assert alice_browser.put(path).status_code == 405
    assert answer(raw) == 401


def test_a_disabled_key_stays_so_through_deletion_and_restoration(alice: User, read_only: Key) -> None:
    key, raw = read_only
    disable(key, "reactivation")
    delete_key(key)
    with pytest.raises(KeyEnded):
        enable_key(key)
    restore_key(key)
    assert answer(raw) == 401
    assert enable_key(key).state == KeyState.ACTIVE
    assert answer(raw) == 200


@pytest.mark.matrix  # each way
@pytest.mark.database
@pytest.mark.parametrize("by", ["owner", "staff", "reactivation"])
def test_the_api_and_the_admin_tell_the_state_and_a_disabled_key_counts_as_live(
    by: str, alice: User, sam_browser: Client, read_only: Key
) -> None:
    key, _ = read_only
    disable(key, by)
    APIKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())
    browser = signed_in(alice)
    for query in ("", "?state=disabled"):
        listed = browser.get(f"/v1/api-keys{query}").json()["data"]
        assert [(row["id"], row["state"]) for row in listed] == [(key.uid, "disabled")]
    assert browser.get("/v1/api-keys?state=expired").json()["data"] == []
    assert browser.get(f"/v1/api-keys/{key.uid}").json()["data"]["state"] == "disabled"
    found = sam_browser.get("/admin/apikeys/apikey/?state=disabled").context["cl"].result_list
    assert [row.pk for row in found] == [key.pk]
    page = sam_browser.get(f"/admin/apikeys/apikey/{key.pk}/change/").content.decode()
    assert {"owner": "Its owner", "staff": "Staff", "reactivation": "deactivation"}[by] in page
    create_key(User.objects.get(pk=alice.pk), name="Another", permission="read-only")
    page = browser.get("/settings/api-keys/").content.decode()
    assert "2 of 50 keys, 1 of them disabled" in " ".join(page.split())
