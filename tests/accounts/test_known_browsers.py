"""The cookie by which a browser is known to an account."""

import re
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import User
from accounts.signin import known_browsers
from tests.cases import cases
from tests.fixtures import PASSWORD, sign_in
from tests.mailbox import mailbox

COOKIE = "known_browser"
NEW = "another-horse-entirely"
pytestmark = pytest.mark.django_db


def request_with(cookie: str | None) -> Any:
    request = RequestFactory().get("/login/")
    if cookie is not None:
        request.COOKIES[COOKIE] = cookie
    return request


def cookie_of(*users: User) -> str:
    """The cookie of a browser in which these signed in, one after the other."""
    cookie = None
    for user in users:
        response = HttpResponse()
        known_browsers.remember(request_with(cookie), response, user)
        cookie = response.cookies[COOKIE].value
    assert cookie
    return cookie


def is_known(cookie: str | None, email: str) -> bool:
    return known_browsers.find(request_with(cookie), email) is not None


def test_signing_in_makes_the_browser_known_and_signing_out_does_not_end_it(alice: User, bob: User) -> None:
    browser = sign_in(alice)
    browser.post("/logout/")
    cookie = browser.cookies[COOKIE].value
    assert is_known(cookie, "alice@example.com")
    assert not is_known(cookie, "bob@example.com")
    assert not is_known(cookie, "nobody@example.com")


def test_the_cookie_is_for_the_server_alone_and_lasts_a_year(alice: User, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    morsel = sign_in(alice).cookies[COOKIE]
    assert (morsel["httponly"], morsel["samesite"], morsel["secure"]) == (True, "Lax", True)
    assert (morsel["max-age"], morsel["domain"]) == (365 * 86_400, "")
    assert "alice" not in morsel.value


def test_a_wrong_password_makes_no_browser_known(alice: User) -> None:
    browser = Client()
    browser.post("/login/", {"login": alice.email, "password": "wrong"})
    assert COOKIE not in browser.cookies


def test_a_sign_up_makes_the_browser_known_once_the_code_was_entered() -> None:
    browser = Client()
    browser.post("/signup/", {"name": "Ada", "email": "ada@example.com", "password1": PASSWORD})
    assert COOKIE not in browser.cookies
    code = re.search(r"^ {4}(\S+)$", str(mailbox()[-1].body), re.MULTILINE)
    assert code
    browser.post("/confirm-email/", {"code": code[1]})
    assert is_known(browser.cookies[COOKIE].value, "ada@example.com")


def test_a_reset_makes_the_browser_known(alice: User) -> None:
    browser = Client()
    browser.post("/password/reset/", {"email": alice.email})
    link = re.search(r"http://localhost:8000(/password/reset/key/\S+)", str(mailbox()[-1].body))
    assert link
    form = browser.get(link[1])["Location"]
    assert COOKIE not in browser.cookies
    browser.post(form, {"password1": NEW})
    assert is_known(browser.cookies[COOKIE].value, alice.email)


def test_a_change_of_the_password_ends_every_known_browser_but_this_one(alice: User) -> None:
    here, there = sign_in(alice), sign_in(alice)
    here.post("/settings/security/password/", {"oldpassword": PASSWORD, "password1": NEW})
    assert is_known(here.cookies[COOKIE].value, alice.email)
    assert not is_known(there.cookies[COOKIE].value, alice.email)


def test_a_browser_is_known_to_its_last_five_accounts(alice: User) -> None:
    users = [User.objects.create(email=f"user{n}@example.com", password="the same") for n in range(6)]
    cookie = cookie_of(*users)
    assert [is_known(cookie, user.email) for user in users] == [False] + [True] * 5
    assert len(cookie_of(*[alice] * 9)) == len(cookie_of(alice))


def test_two_browsers_of_one_account_have_names_of_their_own(alice: User) -> None:
    names = {known_browsers.find(request_with(cookie_of(alice)), alice.email) for _ in range(2)}
    assert len(names) == 2


def test_after_a_year_a_browser_is_not_known_any_more(alice: User) -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        cookie = cookie_of(alice)
        clock.shift(365 * 86_400 - 1)
        assert is_known(cookie, alice.email)
        clock.shift(1)
        assert not is_known(cookie, alice.email)


def test_a_new_secret_key_leaves_a_browser_known_as_long_as_the_old_one_verifies(
    alice: User, settings: Settings
) -> None:
    cookie, old = cookie_of(alice), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [old]
    assert is_known(cookie, alice.email)
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_known(cookie, alice.email)


@cases("cookie", [None, "", "x", ":", "a:b:c", "\x00", "\u00e9:1:2", "[]", "e30:1:" + "x" * 43])
def test_a_cookie_that_this_site_did_not_sign_is_none(alice: User, cookie: str | None) -> None:
    assert not is_known(cookie, alice.email)


def test_a_cookie_signed_for_something_else_is_none(alice: User) -> None:
    entry = ["name", known_browsers.proof_of(alice, "name"), 2_000_000_000]
    assert is_known(signing.dumps([entry], salt=known_browsers.SALT), alice.email)
    assert not is_known(signing.dumps([entry], salt="other"), alice.email)


@pytest.mark.parametrize("email", ["a\x00@example.com", "\ud800@example.com"])
def test_an_address_that_no_database_holds_is_not_looked_for(alice: User, email: str) -> None:
    assert not is_known(cookie_of(alice), email)


def test_without_the_cookie_nothing_is_asked(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert not is_known(None, "alice@example.com")
