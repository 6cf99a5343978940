"""The list of sessions, how one ends, and that each ends by itself."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import services
from accounts.events import Event
from accounts.models import User
from accounts.session_list import live_sessions
from accounts.sessions import SessionStore, signed_in_at, way_in
from accounts.web.last_seen import note_seen
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in, sign_in, signed_in

PAGE = "/settings/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


def listed(browser: Client) -> UserSession:
    return UserSession.objects.get(session_key=browser.cookies["sessionid"].value)


def seen(browser: Client, *, days: float = 0, minutes: float = 0, began: float = 0) -> None:
    """Let the browser be last seen that long ago, or signed in so many days ago."""
    now = timezone.now()
    row = UserSession.objects.filter(session_key=browser.cookies["sessionid"].value)
    row.update(last_seen_at=now - timedelta(days=days, minutes=minutes))
    if began:
        row.update(created_at=now - timedelta(days=began))


def is_signed_in(browser: Client) -> bool:
    page, call = browser.get("/settings/profile/").status_code, browser.get("/v1/me").status_code
    assert (page, call) in ((200, 200), (302, 401))
    return page == 200


def end(browser: Client, session: UserSession) -> Any:
    return browser.post(f"{PAGE}{session.pk}/end/", follow=True)


# --- The list


def test_each_session_says_browser_way_in_address_and_end(alice: User) -> None:
    here = sign_in(alice, HTTP_USER_AGENT=SAFARI)
    sign_in(alice, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="2001:db8::7")
    page = here.get(PAGE).content.decode()
    assert page.index("Safari 18 on iPhone") < page.index("Firefox 133 on Windows")  # this one first
    assert page.count("This browser") == 1
    assert page.count("<small>Password</small>") == 2
    assert "2001:<wbr>db8:<wbr>:<wbr>7" in page
    assert "if not used" in page
    assert "after 14 days without use, and after 90 days in any case" in page
    assert here.cookies["sessionid"].value not in page


def test_the_last_seen_comes_first_after_this_one_and_of_two_the_later(alice: User) -> None:
    here, *others = (
        sign_in(alice, HTTP_USER_AGENT=agent) for agent in ("", "Mid/2", "Late/3", "Old/4", SAFARI)
    )
    with time_machine.travel(timezone.now(), tick=False):
        for browser, minutes in zip(others, (2, 1, 9, 2), strict=True):
            seen(browser, minutes=minutes)
    page = here.get(PAGE).content.decode()
    named = ("Unknown browser", "Late/3", "Safari 18 on iPhone", "Mid/2", "Old/4")
    places = [page.index(name) for name in named]
    assert places == sorted(places)


def test_a_phone_is_told_from_another_machine_and_a_stranger_has_a_name(alice: User) -> None:
    for agent in (SAFARI, FIREFOX, ""):
        sign_in(alice, HTTP_USER_AGENT=agent)
    listed = {(each.program, each.is_on_phone) for each in live_sessions(alice, None)}
    assert listed == {
        ("Safari 18 on iPhone", True),
        ("Firefox 133 on Windows", False),
        ("Unknown browser", False),
    }


@pytest.mark.django_db
def test_a_cookie_is_kept_for_as_long_as_its_session_may_live(alice: User) -> None:
    browser = sign_in(alice)
    assert browser.cookies["sessionid"]["max-age"] == 90 * 86_400
    nobody = Client()
    nobody.post("/signup/", {"email": "new@example.com", "name": "New", "password1": PASSWORD})
    assert nobody.cookies["sessionid"]["max-age"] == 14 * 86_400


@cases("row", [{"last_seen_at": timedelta(days=14)}, {"created_at": timedelta(days=90)}, {}])
def test_a_session_that_ends_this_moment_has_ended(alice: User, row: dict[str, timedelta]) -> None:
    browser = signed_in(alice)
    with time_machine.travel(timezone.now(), tick=False):
        assert is_signed_in(browser)
        ends = {name: timezone.now() - before for name, before in row.items()}
        if ends:
            UserSession.objects.update(**ends)
        else:
            Session.objects.update(expire_date=timezone.now())
        assert not is_signed_in(browser)


def test_what_ends_this_moment_is_not_listed(alice: User) -> None:
    here, there = sign_in(alice), sign_in(alice, HTTP_USER_AGENT=SAFARI)
    with time_machine.travel(timezone.now(), tick=False):
        seen(there, days=14)
        assert "Safari 18" not in here.get(PAGE).content.decode()


def test_a_session_near_its_last_day_says_that_it_ends_in_any_case(alice_browser: Client) -> None:
    seen(alice_browser, began=80)
    assert "in any case</small>" in alice_browser.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([], ""),
        ([{"method": "password"}], "Password"),
        ([{"method": "password"}, {"method": "mfa", "type": "totp"}], "Password and app code"),
        ([{"method": "password"}, {"method": "code"}], "Password and code by e-mail"),
        ([{"method": "password"}, {"method": "mfa", "type": "recovery_codes"}], "Password and recovery code"),
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], "Passkey"),
        ([{"method": "mfa", "type": "webauthn"}, {"method": "password", "reauthenticated": True}], "Passkey"),
        ([{"method": "password"}, {"method": "password"}], "Password"),
        ([{"method": "something new"}], ""),
    ],
)
def test_the_way_in_is_told_in_words(records: list[dict[str, object]], words: str) -> None:
    assert way_in({"account_authentication_methods": records}) == words


def test_of_a_session_without_a_sign_in_no_moment_is_told() -> None:
    assert signed_in_at({}) is None


@pytest.mark.django_db
def test_a_session_of_somebody_who_is_gone_gets_another_key_beside_an_older_secret_key(settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = ["an older one"]
    store = SessionStore()
    store["_auth_user_id"] = "7"
    store.save()
    before = store.session_key
    store.cycle_key()
    assert store.session_key != before


def test_what_is_gone_or_ended_or_somebody_elses_is_not_shown(alice: User, bob: User) -> None:
    here = sign_in(alice, HTTP_USER_AGENT=SAFARI)
    for agent in ("Gone/1", "Idle/2", "Old/3", "Expired/4", "Dead/5"):
        browser = sign_in(alice, HTTP_USER_AGENT=agent)
        stored = Session.objects.filter(pk=browser.cookies["sessionid"].value)
        if agent == "Gone/1":
            stored.delete()
        elif agent == "Idle/2":
            seen(browser, days=14)
        elif agent == "Old/3":
            seen(browser, began=90)
        elif agent == "Expired/4":
            stored.update(expire_date=timezone.now())
        else:  # as a password change leaves it that nothing else noticed
            session = browser.session
            session["_auth_user_hash"] = "of another password"
            session.save()
    sign_in(bob, HTTP_USER_AGENT="Bobs/6")
    page = here.get(PAGE).content.decode()
    assert page.count('<tr role="row">') == 2  # the head and this one
    assert "Safari 18" in page


def test_a_session_before_sign_in_is_not_listed(alice_browser: Client) -> None:
    Client().post("/signup/", {"email": "new@example.com", "name": "New", "password1": PASSWORD})
    assert Session.objects.count() == 2
    assert "End all others" not in alice_browser.get(PAGE).content.decode()


@pytest.mark.matrix  # what it costs
def test_many_sessions_are_turned_page_by_page_in_the_same_few_queries(
    alice: User,
    alice_browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    data = Session.objects.get().session_data
    keys = [f"{n:032}" for n in range(500)]
    expires = timezone.now() + timedelta(days=90)
    Session.objects.bulk_create(Session(pk=key, session_data=data, expire_date=expires) for key in keys)
    UserSession.objects.bulk_create(
        UserSession(user=alice, session_key=key, ip="203.0.113.7", user_agent=f"Bot/{n}")
        for n, key in enumerate(keys)
    )
    with django_assert_num_queries(4):  # session, person, what is listed, what is stored
        page = alice_browser.get(PAGE).content.decode()
    assert "1 to 25 of 501" in page
    assert page.count('<tr role="row">') == 26
    assert "This browser" not in alice_browser.get(f"{PAGE}?page=21").content.decode()
    with django_assert_max_num_queries(40):
        sign_in(alice)
    with django_assert_max_num_queries(15):
        alice_browser.post(f"{PAGE}end-others/")
    assert Session.objects.count() == UserSession.objects.count() == 1


# --- Ended by hand


def test_ending_one_signs_that_browser_out_and_no_other(alice: User) -> None:
    here, there = sign_in(alice), sign_in(alice, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.7")
    session = listed(there)
    asked = here.get(f"{PAGE}{session.pk}/end/").content.decode()
    assert "Sign Firefox 133 on Windows out?" in asked
    assert is_signed_in(there)
    assert "<strong>Firefox 133 on Windows</strong> is signed out." in end(here, session).content.decode()
    assert not is_signed_in(there)
    assert is_signed_in(here)
    assert not UserSession.objects.filter(pk=session.pk).exists()
    line = alice.activity.latest("id")
    assert (line.event, line.ip) == (Event.SESSION_ENDED, "127.0.0.1")
    assert line.details == {"name": "Firefox 133 on Windows", "address": "203.0.113.7"}
    told = here.get("/settings/activity/").content.decode()
    assert "Firefox 133 on Windows, last seen from 203.0.113.7" in told
    assert end(here, session).status_code == 404


def test_ending_this_one_is_signing_out(alice: User, alice_browser: Client) -> None:
    assert "Sign out?" in alice_browser.get(f"{PAGE}{listed(alice_browser).pk}/end/").content.decode()
    copied = Client(headers={"Cookie": f"sessionid={alice_browser.cookies['sessionid'].value}"})
    assert is_signed_in(copied)
    assert end(alice_browser, listed(alice_browser)).request["PATH_INFO"] == "/login/"
    assert alice.activity.latest("id").event == Event.LOGOUT
    assert not is_signed_in(copied)  # an old cookie is nothing


def test_a_session_of_somebody_else_is_not_there(alice_browser: Client, bob: User) -> None:
    theirs = signed_in(bob)
    path = f"{PAGE}{listed(theirs).pk}/end/"
    assert alice_browser.get(path).status_code == alice_browser.post(path).status_code == 404
    assert alice_browser.post(f"{PAGE}999999999999999999999/end/").status_code == 404
    assert is_signed_in(theirs)


def test_ending_all_others_keeps_this_one(alice: User, bob: User) -> None:
    here, there, elsewhere, theirs = sign_in(alice), sign_in(alice), sign_in(alice), sign_in(bob)
    assert "End 2 sessions" in here.get(f"{PAGE}end-others/").content.decode()
    assert is_signed_in(there)
    page = here.post(f"{PAGE}end-others/", follow=True).content.decode()
    assert "2 other browsers are signed out." in page
    assert [is_signed_in(each) for each in (here, there, elsewhere, theirs)] == [True, False, False, True]
    line = alice.activity.latest("id")
    assert (line.event, line.details) == (Event.SESSIONS_ENDED, {"sessions": 2, "kept": "this browser"})
    assert "all but this browser, 2 sessions ended" in here.get("/settings/activity/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}1/end/", f"{PAGE}end-others/"])
def test_signed_out_nothing_is_told_or_ended(path: str) -> None:
    assert Client().get(path)["Location"] == Client().post(path)["Location"] == f"/login/?next={path}"


def test_a_password_change_leaves_one_session_as_old_as_it_was(alice: User) -> None:
    here, _there = sign_in(alice), sign_in(alice)
    seen(here, began=60)
    began = listed(here).created_at
    here.post(
        "/settings/security/password/", {"oldpassword": PASSWORD, "password1": "another-horse-entirely"}
    )
    assert [(each.created_at, each.session_key) for each in UserSession.objects.all()] == [
        (began, here.cookies["sessionid"].value)
    ]
    assert is_signed_in(here)


# --- Ended by itself


@pytest.mark.parametrize("path", ["/settings/profile/", "/v1/me"])
def test_an_unused_session_ends_after_14_days_at_the_next_request(alice: User, path: str) -> None:
    for days, lives in ((13.999, True), (14.001, False)):
        browser = signed_in(alice)
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            assert (browser.get(path).status_code == 200) is lives


@pytest.mark.long
def test_a_session_in_use_ends_after_90_days_in_any_case(alice: User) -> None:
    browser, began = signed_in(alice), timezone.now()
    for days in range(10, 90, 10):
        with time_machine.travel(began + timedelta(days=days), tick=False):
            assert is_signed_in(browser)
    with time_machine.travel(began + timedelta(days=90, seconds=1), tick=False):
        assert not is_signed_in(browser)


def test_a_shorter_life_holds_for_sessions_that_are(alice_browser: Client, settings: Any) -> None:
    seen(alice_browser, days=3, began=6)
    settings.SESSION_IDLE_SECONDS = 4 * 86_400
    assert is_signed_in(alice_browser)
    settings.SESSION_SECONDS = 5 * 86_400
    assert not is_signed_in(alice_browser)


def test_the_api_tells_the_nearer_end(alice_browser: Client) -> None:
    seen(alice_browser, minutes=1)

    def ends() -> timedelta:
        told: str = alice_browser.get("/v1/auth").json()["data"]["expiresAt"]
        return datetime.fromisoformat(told) - timezone.now()

    assert timedelta(days=13.9) < ends() < timedelta(days=14)
    seen(alice_browser, began=80)
    assert timedelta(days=9.9) < ends() < timedelta(days=10)


def test_housekeeping_deletes_what_has_ended(alice: User) -> None:
    live, idle, old = signed_in(alice), signed_in(alice), signed_in(alice)
    seen(live, days=13, began=89)
    seen(idle, days=14, began=20)
    seen(old, began=90)
    call_command("housekeeping")
    kept = live.cookies["sessionid"].value
    assert [each.pk for each in Session.objects.all()] == [kept]
    assert [each.session_key for each in UserSession.objects.all()] == [kept]


# --- Last seen


# A call of /v1 reads the session and its person in one query, a page in two.
@pytest.mark.parametrize(("path", "reads"), [("/settings/profile/", 2), ("/v1/me", 1)])
def test_last_seen_is_written_once_in_five_minutes_with_where_from(
    alice_browser: Client, path: str, reads: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    here: Any = {"REMOTE_ADDR": "203.0.113.7", "HTTP_USER_AGENT": "curl/8.5"}
    seen(alice_browser, minutes=4.9)
    before = listed(alice_browser)
    with django_assert_num_queries(reads):
        alice_browser.get(path, **here)
    assert listed(alice_browser).last_seen_at == before.last_seen_at
    seen(alice_browser, minutes=5)
    with django_assert_num_queries(reads + 1):  # and the one write
        alice_browser.get(path, **here)
    after = listed(alice_browser)
    assert after.last_seen_at > before.last_seen_at
    assert (after.ip, after.user_agent, after.created_at) == ("203.0.113.7", "curl/8.5", before.created_at)
    with django_assert_num_queries(reads):
        alice_browser.get(path)


def test_of_requests_at_once_one_writes(alice: User, alice_browser: Client) -> None:
    seen(alice_browser, days=1)
    requests = []
    for address in ("203.0.113.7", "203.0.113.8"):
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        request.user, request.session = alice, SessionStore(alice_browser.cookies["sessionid"].value)
        assert request.session["_auth_user_id"]  # loaded, before either writes
        requests.append(request)
    for request in requests:
        note_seen(request)
    assert listed(alice_browser).ip == "203.0.113.7"


@pytest.mark.matrix  # each call
@cases(
    "request_of",
    [
        lambda browser, key: browser.get(f"/settings/api-keys/{key}/first-use/"),  # a page left open asks
        lambda browser, key: browser.get("/settings/", headers={"Sec-Purpose": "prefetch;prerender"}),
        lambda browser, key: browser.post("/settings/profile/", {"name": "x"}),  # no token: another site's
        lambda browser, key: browser.post("/v1/projects", {"name": "x"}, content_type="application/json"),
        lambda browser, key: browser.get("/v1/me", headers={"Authorization": "Bearer x"}),
        lambda browser, key: browser.get("/healthz"),
        lambda browser, key: browser.get("/settings/nowhere/"),
    ],
)
def test_what_its_person_did_not_do_prolongs_no_session(alice: User, read_only: Any, request_of: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(alice).cookies
    seen(strict, days=1)
    before = listed(strict).last_seen_at
    request_of(strict, read_only[0].uid)
    assert listed(strict).last_seen_at == before
    strict.get("/settings/profile/")
    assert listed(strict).last_seen_at > before


def test_saving_the_session_prolongs_nothing(alice_browser: Client) -> None:
    seen(alice_browser, days=13)
    session = alice_browser.session
    session["drafts"] = {}
    session.save()
    seen(alice_browser, days=14)
    assert not is_signed_in(alice_browser)


def test_a_session_that_no_list_knows_is_listed_as_soon_as_it_is_used(alice: User) -> None:
    browser = signed_in(alice)
    age_sign_in(browser, 86_400)
    UserSession.objects.all().delete()
    assert "This browser" in browser.get(PAGE).content.decode()
    row = listed(browser)
    assert row.user == alice
    assert timedelta(hours=23) < timezone.now() - row.created_at < timedelta(hours=25)


def test_a_dead_session_is_not_seen(alice: User, alice_browser: Client) -> None:
    seen(alice_browser, days=1)
    before = listed(alice_browser).last_seen_at
    User.objects.filter(pk=alice.pk).update(is_active=False)
    alice_browser.get("/settings/profile/")
    assert not UserSession.objects.filter(last_seen_at__gt=before).exists()


# --- The admin


def test_the_admin_takes_a_sign_in_of_the_last_12_hours(sam_browser: Client) -> None:
    age_sign_in(sam_browser, 12 * 3600 - 60)
    assert sam_browser.get("/admin/").status_code == 200
    age_sign_in(sam_browser, 12 * 3600 + 1)
    assert sam_browser.get("/settings/").status_code == 200
    for path in ("/admin/", "/admin/accounts/user/"):
        assert sam_browser.get(path)["Location"] == f"/reauthenticate/?next={quote(path, safe='')}"
    sam_browser.post("/reauthenticate/?next=/admin/", {"password": PASSWORD})
    assert sam_browser.get("/admin/").status_code == 200


def test_deactivation_ends_what_is_listed_too(alice: User, alice_browser: Client) -> None:
    services.switch_account(alice, active=False)
    assert not UserSession.objects.exists()
    assert not is_signed_in(alice_browser)
