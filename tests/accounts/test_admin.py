"""The admin: who may enter, and what staff can do with accounts."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.admin.acts import ACTS
from accounts.models import Activity, QueuedMail, User
from accounts.services import create_user
from apikeys.services import create_key
from tests.accounts.factors import code_of, give_app
from tests.activity_lines import change
from tests.cases import cases
from tests.fixtures import PASSWORD, signed_in

LISTS = [
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/activity/",
    "/admin/accounts/queuedmail/",
]


def saved(browser: Client, user: User, **changes: object) -> int:
    """Send the account's form as the page holds it, with changes; return the status."""
    form = {"name": user.name, "plan": user.plan}
    sent = {field: value for field, value in {**form, **changes}.items() if value is not None}
    return browser.post(f"/admin/accounts/user/{user.pk}/change/", sent).status_code


@cases("path", LISTS)
def test_who_is_signed_out_is_led_to_the_sign_in_page_of_the_site_and_back(sam: User, path: str) -> None:
    browser = Client()
    landed = browser.get(path, follow=True)
    assert landed.redirect_chain[-1][0].startswith("/login/?next=")
    assert len(landed.redirect_chain) == 2
    give_app(sam)
    browser.post(landed.redirect_chain[-1][0], {"login": sam.email, "password": PASSWORD})
    response = browser.post("/login/second-step/", {"code": code_of()}, follow=True)
    assert response.request["PATH_INFO"] == path
    assert response.status_code == 200


@cases("path", LISTS)
def test_who_is_no_staff_gets_403_and_no_loop(alice_browser: Client, path: str) -> None:
    response = alice_browser.get(path, follow=True)
    assert response.status_code == 403
    assert len(response.redirect_chain) == 1


def test_the_admin_tries_no_password_itself(alice: User, sam_browser: Client) -> None:
    for browser in (Client(), sam_browser):
        response = browser.post("/admin/login/", {"username": alice.email, "password": PASSWORD})
        assert response.status_code == 302
        assert browser.get("/admin/", follow=True).context["user"].pk != alice.pk


@pytest.mark.matrix  # as many as there may be
def test_failed_sign_ins_on_the_way_to_the_admin_are_throttled(sam: User) -> None:
    browser = Client()
    for _ in range(20):
        response = browser.post("/login/?next=/admin/", {"login": sam.email, "password": "wrong"})
    response = browser.post("/login/?next=/admin/", {"login": sam.email, "password": PASSWORD})
    assert response.status_code == 200
    assert browser.get("/admin/").status_code == 302


def test_the_password_is_changed_on_the_sites_own_page(sam_browser: Client) -> None:
    response = sam_browser.get("/admin/password_change/")
    assert (response.status_code, response["Location"]) == (302, "/settings/security/password/")


def test_the_site_is_named_craft_and_shows_only_what_it_is_for(sam_browser: Client) -> None:
    page = sam_browser.get("/admin/").content.decode()
    assert "<title>Administration | Craft</title>" in re.sub(r"\s+", " ", page).replace("> ", ">").replace(
        " <", "<"
    )
    lists = set(re.findall(r'href="(/admin/[a-z]+/[a-z]+/)"', page))
    assert lists == {
        "/admin/accounts/user/",
        "/admin/accounts/activity/",
        "/admin/accounts/queuedmail/",
        "/admin/apikeys/apikey/",
        "/admin/projects/project/",
        "/admin/projects/deployment/",
        "/admin/oauth/application/",
        "/admin/oauth/grant/",
        "/admin/oauth/authorizationcode/",
        "/admin/oauth/accesstoken/",
        "/admin/oauth/refreshtoken/",
    }
    for path in ("account/emailaddress", "usersessions/usersession", "auth/group", "sessions/session"):
        assert sam_browser.get(f"/admin/{path}/").status_code == 404


@cases(
    ("search", "found"),
    [
        ("alice own", ["alice@example.com"]),
        ("BOB@EXAMPLE", ["bob@example.com"]),
        (" {uid} ", ["alice@example.com"]),
        ("Owner", []),
        ("nobody", []),
        ("%", []),
    ],
)
def test_accounts_are_found_by_name_address_and_id(
    sam_browser: Client, alice: User, bob: User, search: str, found: list[str]
) -> None:
    page = sam_browser.get("/admin/accounts/user/", {"q": search.format(uid=alice.uid)})
    assert [user.email for user in page.context["cl"].result_list] == found


@pytest.mark.matrix  # each filter
@cases(
    ("query", "found"),
    [
        ("plan__exact=pro", {"pro@example.com"}),
        ("is_active__exact=0", {"gone@example.com"}),
        ("is_staff__exact=1", {"sam@example.com"}),
        ("is_staff__exact=0&plan__exact=free", {"gone@example.com"}),
    ],
)
def test_accounts_are_filtered(sam_browser: Client, query: str, found: set[str]) -> None:
    create_user(email="pro@example.com", plan="pro")
    gone = create_user(email="gone@example.com")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    page = sam_browser.get(f"/admin/accounts/user/?{query}")
    assert {user.email for user in page.context["cl"].result_list} == found


@cases("path", ["accounts/user", "accounts/activity"])
@cases("query", ["q=%00", "plan__exact=%00", "is_active__exact=%00", "event__exact=%00", "p=%00"])
def test_a_query_that_no_database_can_hold_leads_to_the_whole_list(
    sam_browser: Client, path: str, query: str
) -> None:
    response = sam_browser.get(f"/admin/{path}/?{query}")
    assert (response.status_code, response["Location"]) == (302, f"/admin/{path}/")


def test_no_page_shows_a_password_or_its_hash_and_no_form_takes_one(sam_browser: Client, alice: User) -> None:
    for path in ("", f"{alice.pk}/change/", f"{alice.pk}/delete/", f"{alice.pk}/history/"):
        page = sam_browser.get(f"/admin/accounts/user/{path}").content.decode()
        assert alice.password not in page
        assert not re.search(r"md5|argon2|pbkdf2", page)
        assert 'type="password"' not in page
    hashed = alice.password
    assert (
        saved(
            sam_browser, alice, password="another", email="evil@example.com", uid="user_1", is_superuser="on"
        )
        == 302
    )
    alice.refresh_from_db()
    assert (alice.password, alice.email, alice.is_superuser) == (hashed, "alice@example.com", False)
    for path in (f"{alice.pk}/password/", "add/"):
        assert sam_browser.get(f"/admin/accounts/user/{path}").status_code in (302, 403, 404)


def test_a_change_is_saved_logged_with_who_made_it_and_told_to_the_owner(
    sam_browser: Client, sam: User, alice: User
) -> None:
    assert saved(sam_browser, alice, name=" Alice L. ", plan="enterprise") == 302
    alice.refresh_from_db()
    assert (alice.name, alice.plan, alice.is_active) == ("Alice L.", "enterprise", True)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (sam, str(alice.pk))
    assert entry.get_change_message() == "Changed Name and Plan."
    line = Activity.objects.get(user=alice, event="profile_changed")
    assert line.details == {
        "by": "staff",
        "changed": {"name": ["Alice Owner", "Alice L."], "plan": ["free", "enterprise"]},
    }
    assert (line.ip, line.user_agent) == (None, "")  # the staff member's, which are not the owner's business


def test_saving_without_a_change_tells_the_owner_nothing(sam_browser: Client, alice: User) -> None:
    assert saved(sam_browser, alice) == 302
    assert not Activity.objects.filter(user=alice, event="profile_changed").exists()


@pytest.mark.matrix  # odd input
@pytest.mark.parametrize("name", ["x" * 101, "a\u202eb", "a\x00b"])
def test_a_bad_name_or_plan_is_refused_on_the_form(sam_browser: Client, alice: User, name: str) -> None:
    assert saved(sam_browser, alice, name=name) == 200
    assert saved(sam_browser, alice, plan="gold") == 200
    alice.refresh_from_db()
    assert (alice.name, alice.plan) == ("Alice Owner", "free")


def test_a_deactivated_account_is_signed_out_and_refused_and_its_keys_end(
    sam_browser: Client, alice: User, alice_browser: Client
) -> None:
    raw = create_key(alice, name="Reports bot", permission="read-only")[1]
    program = Client(headers={"Authorization": f"Bearer {raw}"})
    assert program.get("/v1/me").status_code == 200
    path = f"/admin/accounts/user/{alice.pk}/"
    assert b"Reason is empty" in sam_browser.post(f"{path}deactivate/").content
    assert program.get("/v1/me").status_code == 200
    assert sam_browser.post(f"{path}deactivate/", {"reason": "Spam"}).status_code == 302
    assert program.get("/v1/me").status_code == 401
    assert alice_browser.get("/settings/profile/").status_code == 302
    assert b"deactivated already" in sam_browser.post(f"{path}deactivate/", follow=True).content
    sam_browser.post(f"{path}activate/", {"reason": "It was not them"})
    alice.refresh_from_db()
    assert alice.is_active
    assert program.get("/v1/me").status_code == 401  # tests/accounts/test_deactivation.py has the rest
    told = Activity.objects.filter(user=alice, event="profile_changed").order_by("pk")
    assert [line.details for line in told] == [
        {"by": "staff", "changed": {"is_active": [True, False]}, "reason": "Spam"},
        {"by": "staff", "changed": {"is_active": [False, True]}, "reason": "It was not them"},
    ]
    assert LogEntry.objects.latest("pk").change_message == "Activate account. Reason: It was not them"


def test_staff_sign_somebody_out_everywhere_with_a_reason(
    sam_browser: Client, alice: User, alice_browser: Client
) -> None:
    path = f"/admin/accounts/user/{alice.pk}/sign-out/"
    assert b"Every browser is signed out" in sam_browser.get(path).content
    assert alice_browser.get("/settings/profile/").status_code == 200
    sam_browser.post(path, {"reason": "A laptop was lost"})
    assert alice_browser.get("/settings/profile/").status_code == 302
    told = Activity.objects.get(user=alice, event="sessions_ended")
    assert told.details == {"sessions": 1, "by": "staff", "reason": "A laptop was lost"}


def test_the_page_of_an_account_shows_what_it_holds_and_what_can_be_done(
    sam_browser: Client, alice: User, alice_browser: Client, bob: User
) -> None:
    key, raw = create_key(alice, name="Reports bot", permission="read-only")
    create_key(bob, name="Somebody else", permission="read-only")
    page = sam_browser.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    assert raw not in page
    assert str(alice_browser.session.session_key) not in page
    assert "Somebody else" not in page
    for said in ("Reports bot", key.shown_id, "API key created", "127.0.0.1"):
        assert said in page
    for act in (f"apikeys/apikey/{key.pk}/revoke", *(f"accounts/user/{alice.pk}/{act}" for act in ACTS)):
        assert (f"/admin/{act}/" in page) == (not act.endswith("/activate"))


def test_staff_cannot_lock_out_or_delete_themselves(sam_browser: Client, sam: User) -> None:
    for act in ACTS:
        path = f"/admin/accounts/user/{sam.pk}/{act}/"
        assert sam_browser.post(path, {"reason": "By mistake"}).status_code == 403
    assert saved(sam_browser, sam, is_active=None, name="Sam") == 302
    sam.refresh_from_db()
    assert (sam.is_active, sam.is_staff, sam.is_superuser, sam.name) == (True, True, True, "Sam")
    assert sam_browser.post(f"/admin/accounts/user/{sam.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_account_is_deleted_after_the_numbers_of_what_goes_with_it(
    sam_browser: Client, alice: User, bob: User
) -> None:
    for number in range(3):
        create_key(alice, name=f"key {number}", permission="read-only")
    create_key(bob, name="Bob's", permission="read-only")
    path = f"/admin/accounts/user/{alice.pk}/delete/"
    page = re.sub(r"\s+", " ", sam_browser.get(path).content.decode())
    assert "<li>API keys: 3</li>" in page
    assert "<li>Activity: 4</li>" in page
    assert sam_browser.post(path, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=alice.pk).exists()
    assert bob.api_keys.count() == 1
    assert LogEntry.objects.get().object_repr == "alice@example.com"


@pytest.mark.matrix  # what it costs
def test_the_number_of_queries_of_a_list_does_not_grow_with_its_rows(
    sam_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path, most in (("/admin/accounts/user/", 6), ("/admin/accounts/activity/", 6)):
        with CaptureQueriesContext(connection) as few:
            sam_browser.get(path)
        assert len(few) <= most
        for number in range(20):
            create_user(email=f"{path[-5:-1]}{number}@example.com")
        with django_assert_num_queries(len(few)):
            assert len(sam_browser.get(path).context["cl"].result_list) >= 20


def test_activity_is_found_and_filtered_and_cannot_be_changed(
    sam_browser: Client, alice: User, bob: User
) -> None:
    key, _ = create_key(alice, name="Reports bot", permission="read-only")
    path = "/admin/accounts/activity/"
    by_key = sam_browser.get(path, {"q": key.uid}).context["cl"].result_list
    assert [line.event for line in by_key] == ["key_created"]
    by_owner = sam_browser.get(path, {"q": "alice@example.com", "event__exact": "signup"}).context["cl"]
    assert [line.user for line in by_owner.result_list] == [alice]
    for address, found in (("203.0.113.7", 1), ("2001:DB8::7", 0), ("203.0.113.8", 0)):
        change(Activity.objects.filter(event="key_created"), ip="203.0.113.7")
        assert len(sam_browser.get(path, {"q": address}).context["cl"].result_list) == found
    line = by_key[0]
    assert sam_browser.get(f"{path}{line.pk}/change/").status_code == 200
    for action in ("add/", f"{line.pk}/change/", f"{line.pk}/delete/"):
        assert sam_browser.post(path + action, {"post": "yes"}).status_code == 403


@cases("pk", ["0", "999999999999999999999999", "%00", "x"])
def test_an_account_that_is_not_there_leads_back_to_the_index(sam_browser: Client, pk: str) -> None:
    assert sam_browser.get(f"/admin/accounts/user/{pk}/change/").status_code == 302


def test_a_form_from_another_site_changes_nothing(sam: User, alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(get_user_model().objects.get(pk=sam.pk))
    assert saved(browser, alice, plan="internal") == 403
    alice.refresh_from_db()
    assert alice.plan == "free"
    assert signed_in(sam).get("/admin/").status_code == 200


def test_staff_see_how_many_mails_wait_and_since_when_and_nothing_of_them(sam_browser: Client) -> None:
    assert "Mails that wait: 0<" in sam_browser.get("/admin/accounts/queuedmail/").content.decode()
    Client().post("/password/reset/", {"email": "nobody@example.com"})
    QueuedMail.objects.update(created_at=datetime(2026, 11, 23, 18, 5, tzinfo=UTC), last_error="TimeoutError")
    mail = QueuedMail.objects.get()
    page = sam_browser.get("/admin/accounts/queuedmail/").content.decode()
    assert "Mails that wait: 1, the oldest since 23 November 2026, 18:05 UTC" in page
    page += sam_browser.get(f"/admin/accounts/queuedmail/{mail.pk}/change/").content.decode()
    assert "TimeoutError" in page
    assert mail.sealed not in page
    assert "nobody@example.com" not in page
    for path in ("add/", f"{mail.pk}/delete/"):
        assert sam_browser.post(f"/admin/accounts/queuedmail/{path}").status_code == 403
    assert QueuedMail.objects.exists()
