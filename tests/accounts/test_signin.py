"""Signing in and out."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.events import Event
from accounts.models import Activity, User
from tests.cases import cases
from tests.fixtures import PASSWORD

WRONG = "E-mail or password is wrong. Check both, or choose a new password."
TOKEN = re.compile(r'value="\w{64}"')
pytestmark = pytest.mark.django_db


def sign_in(email: str, password: str = PASSWORD, browser: Client | None = None, **extra: Any) -> Any:
    return (browser or Client()).post("/login/", {"login": email, "password": password}, **extra)


def test_signing_in_leads_to_the_settings_and_is_logged(alice: User) -> None:
    browser = Client(REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="curl/8.5.0")
    assert sign_in("alice@example.com", browser=browser)["Location"] == "/settings/"
    assert browser.get("/settings/", follow=True).request["PATH_INFO"] == "/settings/"
    line = alice.activity.latest("id")
    assert (line.event, line.ip, line.user_agent) == (Event.LOGIN, "203.0.113.7", "curl/8.5.0")


def test_the_case_of_the_address_does_not_matter(alice: User) -> None:
    assert sign_in(" ALICE@Example.COM ").status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(alice: User) -> None:
    known, unknown = sign_in("alice@example.com", "wrong"), sign_in("nobody@example.com", "wrong")
    assert known.status_code == unknown.status_code == 200
    assert WRONG in known.content.decode()
    pages = [TOKEN.sub("", page.content.decode()) for page in (known, unknown)]
    assert pages[0].replace("alice@", "nobody@") == pages[1]


def test_a_wrong_password_is_logged_for_the_owner_of_the_address(alice: User) -> None:
    sign_in("Alice@example.com", "wrong")
    sign_in("nobody@example.com", "wrong")
    line = Activity.objects.exclude(event=Event.SIGNUP).get()
    assert (line.user, line.event, line.details) == (alice, Event.LOGIN_FAILED, {"again": False})
    assert "wrong" not in str(line.details)


@pytest.mark.database
def test_two_addresses_that_only_the_database_holds_for_one_are_two(sam: User) -> None:
    for email in ("\u017fam@example.com", "SAM@example.com"):  # the long s, which is an S in upper case
        sign_in(email, "wrong")
    assert sam.activity.filter(event=Event.LOGIN_FAILED).count() == 1


@pytest.mark.matrix  # odd input
@cases(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "http://testserver/settings/",
        "https:/evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "settings/",
        "?next=/",
        "\x00/settings/",
    ],
)
def test_next_never_leads_to_another_site(alice: User, target: str) -> None:
    sent = Client().post("/login/", {"login": alice.email, "password": PASSWORD, "next": target})
    assert sent["Location"] == "/settings/"


def test_next_leads_to_a_page_of_this_site(alice: User) -> None:
    page = Client().get("/login/?next=/settings/activity/%3Fpage=2")
    assert 'name="next" value="/settings/activity/?page=2"' in page.content.decode()
    sent = Client().post(
        "/login/", {"login": alice.email, "password": PASSWORD, "next": "/settings/activity/?page=2"}
    )
    assert sent["Location"] == "/settings/activity/?page=2"


def test_ten_wrong_passwords_lock_the_client_for_a_minute() -> None:
    pages = [sign_in(f"user{n}@example.com", "wrong").content.decode() for n in range(11)]
    assert [WRONG in page for page in pages] == [True] * 10 + [False]
    other = sign_in("user99@example.com", "wrong", REMOTE_ADDR="203.0.113.9").content.decode()
    assert WRONG in other


@pytest.mark.matrix  # each kind
def test_too_many_tries_of_any_kind_get_a_page_of_their_own() -> None:
    statuses = [sign_in("", "").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    assert "Too many tries" in sign_in("", "").content.decode()


@pytest.mark.matrix  # as many as there may be
def test_a_known_browser_may_send_the_form_when_its_network_may_not(alice: User) -> None:
    browser = Client()
    sign_in(alice.email, browser=browser)
    browser.post("/logout/")
    assert [sign_in("", "").status_code for _ in range(31)][-1] == 429
    assert sign_in(alice.email, browser=browser).status_code == 302


@pytest.mark.matrix  # odd input
def test_a_forwarded_address_escapes_no_limit(alice: User) -> None:
    for n in range(10):
        sign_in(f"user{n}@example.com", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
    assert (
        "Too many tries" in sign_in("alice@example.com", HTTP_X_FORWARDED_FOR="203.0.113.99").content.decode()
    )


@pytest.mark.parametrize(
    "email", ["", "nonsense", "x" * 300 + "@example.com", "a\x00@example.com", "\ud800@example.com"]
)
def test_odd_addresses_are_no_crash(email: str) -> None:
    body = {"login": email.encode("utf-8", "surrogatepass"), "password": "x"}
    assert Client().post("/login/", body).status_code == 200


def test_a_deactivated_account_is_told_so_only_with_its_password(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert WRONG in sign_in("alice@example.com", "wrong").content.decode()
    assert sign_in("alice@example.com")["Location"] == "/inactive/"
    assert "This account is deactivated" in Client().get("/inactive/").content.decode()


def test_who_is_deactivated_is_told_where_to_write_to(db: None, settings: Settings) -> None:
    assert "Only Craft's staff can activate it again." in Client().get("/inactive/").content.decode()
    settings.SUPPORT_EMAIL = "help@example.com"
    assert 'href="mailto:help@example.com"' in Client().get("/inactive/").content.decode()


def test_deactivation_ends_a_session_at_the_next_request(alice: User, alice_browser: Client) -> None:
    assert alice_browser.get("/settings/profile/").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert alice_browser.get("/settings/profile/")["Location"] == "/login/?next=/settings/profile/"


def test_signing_out_takes_a_post(alice: User, alice_browser: Client) -> None:
    page = alice_browser.get("/logout/")
    assert "Sign out?" in page.content.decode()
    assert alice_browser.get("/settings/profile/").status_code == 200
    assert alice_browser.post("/logout/")["Location"] == "/login/"
    assert alice_browser.get("/settings/profile/").status_code == 302
    assert alice.activity.latest("id").event == Event.LOGOUT


def test_signing_out_when_signed_out_is_no_crash() -> None:
    assert Client().get("/logout/")["Location"] == "/login/"
    assert Client().post("/logout/", {"next": "//evil.example"})["Location"] == "/login/"


def test_a_form_without_its_token_is_refused_with_a_page(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("/login/", "/signup/", "/logout/", "/password/reset/"):
        page = strict.post(path, {"login": alice.email, "password": PASSWORD})
        assert page.status_code == 403
        assert "This form was too old to send" in page.content.decode()


def test_pages_never_answer_as_an_api(alice: User) -> None:
    page = Client().post(
        "/login/",
        {"login": alice.email, "password": "wrong"},
        headers={"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"},
    )
    assert page["Content-Type"].startswith("text/html")


def test_the_signed_out_shell_has_no_form_action_and_the_settings_have(alice_browser: Client) -> None:
    for path in ("/reauthenticate/", "/logout/"):
        assert "form-action" not in alice_browser.get(path)["Content-Security-Policy"]
    for path in ("/login/", "/signup/", "/password/reset/", "/password/reset/done/", "/inactive/"):
        policy = Client().get(path)["Content-Security-Policy"]
        assert "form-action" not in policy
        assert "default-src 'none'" in policy
    assert "form-action 'self'" in alice_browser.get("/settings/security/")["Content-Security-Policy"]
