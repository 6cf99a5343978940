"""An old session changes nothing in the admin, and what was typed is not lost."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import URLPattern, URLResolver

from accounts.admin.acts import ACTS
from accounts.admin_site import StaffSite
from accounts.models import Activity, User
from apikeys.models import APIKey
from apikeys.services import create_key
from tests.fixtures import PASSWORD, age_sign_in, signed_in

Key = tuple[APIKey, str]
LONG_AGO = 16 * 60


@pytest.fixture
def old_session(sam_browser: Client) -> Client:
    age_sign_in(sam_browser, LONG_AGO)
    return sam_browser


def sign_in_again(browser: Client, location: str) -> str:
    """Type the password on the page that asks for it; where that leads."""
    assert location.startswith("/reauthenticate/?next=")
    response = browser.post(location, {"password": PASSWORD})
    assert response.status_code == 302
    return str(response["Location"])


def names_of(patterns: list[URLPattern | URLResolver]) -> list[str]:
    names = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            names += names_of(pattern.url_patterns)
        elif pattern.name:
            names.append(pattern.name)
    return names


def paths_of_the_admin() -> list[str]:
    """An address for every pattern below /admin/."""
    found = []

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                walk(each.url_patterns, route)
            elif "(" not in route:
                found.append(re.sub(r"<[^>]+>", "1", route))

    walk(admin.site.get_urls(), "/admin/")
    return found


@pytest.mark.long
def test_nothing_can_be_sent_anywhere_in_the_admin_with_an_old_session(old_session: Client) -> None:
    assert isinstance(admin.site._wrapped, StaffSite)  # type: ignore[attr-defined]
    tried = 0
    for path in paths_of_the_admin():
        if path in ("/admin/login/", "/admin/logout/"):
            continue
        for method in ("post", "put", "delete", "patch"):
            response = getattr(old_session, method)(path, {"post": "yes"})
            assert response["Location"].startswith("/reauthenticate/?next=%2Fadmin%2F"), (method, path)
            tried += 1
    assert tried > 100


def test_an_old_session_still_reads_and_signs_out(old_session: Client, alice: User) -> None:
    for path in ("", "accounts/user/", f"accounts/user/{alice.pk}/change/", "apikeys/apikey/?state=active"):
        assert old_session.get(f"/admin/{path}").status_code == 200
    assert old_session.post("/admin/logout/").status_code == 200
    assert old_session.get("/admin/").status_code == 302


def test_what_was_typed_is_offered_to_be_sent_after_the_password(old_session: Client, alice: User) -> None:
    path = f"/admin/accounts/user/{alice.pk}/change/"
    typed = {"name": "Alice <b>", "plan": "pro", "is_active": "on"}
    back = sign_in_again(old_session, old_session.post(path, typed)["Location"])
    assert back == path
    page = old_session.get(back)
    text = page.content.decode()
    assert "nothing of it has been done yet" in text
    assert "Alice &lt;b&gt;" in text
    sent = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', text))
    assert {name: sent[name] for name in typed} == typed | {"name": "Alice &lt;b&gt;"}
    alice.refresh_from_db()
    assert (alice.name, alice.plan) == ("Alice Owner", "free")
    assert old_session.get(back).context["original"] == alice  # offered once
    assert old_session.post(back, typed).status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.plan) == ("Alice <b>", "pro")


def test_a_pasted_key_is_not_kept_meanwhile(old_session: Client, read_only: Key) -> None:
    response = old_session.post("/admin/apikeys/apikey/find/", {"pasted": read_only[1]})
    assert response["Location"].startswith("/reauthenticate/")
    assert read_only[1][23:] not in str(dict(old_session.session.items()))
    back = sign_in_again(old_session, response["Location"])
    assert 'name="pasted"' in old_session.get(back).content.decode()


def test_a_deletion_and_a_revocation_wait_for_the_password_too(
    old_session: Client, alice: User, read_only: Key
) -> None:
    for path, sent in (
        (f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"}),
        (f"/admin/apikeys/apikey/{read_only[0].pk}/revoke/", {"reason": "leaked"}),
    ):
        assert old_session.post(path, sent)["Location"].startswith("/reauthenticate/")
    assert APIKey.objects.get().revoked_at is None


# --- The rights of staff


@pytest.fixture
def helper(bob: User) -> User:
    """Bob as staff who may see, change and delete accounts, and nothing else."""
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    for name in ("view_user", "change_user", "delete_user"):
        bob.user_permissions.add(Permission.objects.get(codename=name))
    return User.objects.get(pk=bob.pk)


def send(browser: Client, user: User, action: str = "change", **changes: str) -> int:
    form = {"name": user.name, "plan": user.plan, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    return browser.post(f"/admin/accounts/user/{user.pk}/{action}/", {**form, **changes}).status_code


def rights(user: User) -> tuple[bool, bool, bool]:
    row = User.objects.get(pk=user.pk)
    return row.is_active, row.is_staff, row.is_superuser


def test_who_saves_their_own_name_gains_nothing(helper: User) -> None:
    assert send(signed_in(helper), helper, name="Bob H.") == 302
    assert (User.objects.get(pk=helper.pk).name, rights(helper)) == ("Bob H.", (True, True, False))


def test_who_may_change_accounts_makes_nobody_staff(helper: User, alice: User) -> None:
    browser = signed_in(helper)
    assert send(browser, alice, name="Alice L.") == 302
    assert rights(alice) == (True, False, False)
    for user in (alice, helper):
        assert browser.get(f"/admin/accounts/user/{user.pk}/staff/").status_code == 403
        assert send(browser, user, "staff", everything="on") == 403
        page = browser.get(f"/admin/accounts/user/{user.pk}/change/").content.decode()
        assert f"/{user.pk}/staff/" not in page
    assert rights(alice) == (True, False, False)
    assert rights(helper) == (True, True, False)


def test_who_may_change_accounts_sees_of_one_only_what_they_may_see_elsewhere(
    helper: User, alice: User
) -> None:
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    for name, seen in (("view_user", False), ("view_apikey", True)):
        helper.user_permissions.add(Permission.objects.get(codename=name))
        page = signed_in(helper).get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
        assert ("Reports bot" in page, key.shown_id in page) == (seen, seen)
        assert f"/apikeys/apikey/{key.pk}/revoke/" not in page


@pytest.mark.matrix  # each act
def test_who_may_change_accounts_cannot_act_on_other_staff(helper: User, sam: User, alice: User) -> None:
    browser = signed_in(helper)
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    for user, expected in ((sam, (True, True, True)), (alice, (True, True, False))):
        form = {"name": user.name, "plan": "internal"}  # without is_active: deactivate
        path = f"/admin/accounts/user/{user.pk}"
        assert browser.post(f"{path}/change/", form).status_code == 403
        assert browser.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
        for act in ACTS:
            assert browser.post(f"{path}/{act}/", {"reason": "Spam"}).status_code == 403
        assert rights(user) == expected
        assert User.objects.get(pk=user.pk).plan == "free"


def test_a_superuser_gives_and_takes_the_rights_of_staff_on_a_page_of_its_own(
    sam_browser: Client, sam: User, alice: User, alice_browser: Client
) -> None:
    path = f"/admin/accounts/user/{alice.pk}/staff/"
    assert path in sam_browser.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    assert "these rights in the admin now: none" in sam_browser.get(path).content.decode()
    assert sam_browser.post(path, {"everything": "on"}).status_code == 302
    assert rights(alice) == (True, True, True)
    assert signed_in(alice).get("/admin/apikeys/apikey/").status_code == 200
    assert sam_browser.post(path, {"everything": "on"}).status_code == 302  # changes nothing, says nothing
    assert sam_browser.post(path, {}).status_code == 302
    assert rights(alice) == (True, False, False)
    assert alice_browser.get("/admin/apikeys/apikey/", follow=True).status_code == 403
    lines = Activity.objects.filter(user=alice, event="staff_changed").order_by("pk")
    changes = [
        {"rights in the admin": ["none", "everything"]},
        {"rights in the admin": ["everything", "none"]},
    ]
    assert [line.details for line in lines] == [{"changed": each, "by": "staff"} for each in changes]
    page = alice_browser.get("/settings/activity/").content.decode()
    assert "rights in the admin from “none” to “everything”" in page
    history = sam_browser.get(f"/admin/accounts/user/{alice.pk}/history/").content.decode()
    assert "Rights in the admin: everything." in history


def test_taking_the_rights_takes_permissions_given_one_by_one_too(sam_browser: Client, helper: User) -> None:
    path = f"/admin/accounts/user/{helper.pk}/staff/"
    assert "now: 3 permissions" in sam_browser.get(path).content.decode()
    sam_browser.post(path, {})
    assert rights(helper) == (True, False, False)
    assert not helper.user_permissions.exists()


def test_superusers_cannot_change_their_own_rights(sam_browser: Client, sam: User) -> None:
    assert send(sam_browser, sam, "staff") == 403
    assert rights(sam) == (True, True, True)
    assert sam_browser.post("/admin/accounts/user/4711/staff/").status_code == 404
