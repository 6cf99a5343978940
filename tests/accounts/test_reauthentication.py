import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import User
from accounts.reauthentication import require_recent_sign_in, signed_in_recently
from accounts.web.form_drafts import keep_draft, take_draft
from tests.fixtures import PASSWORD, age_sign_in


def request_of(browser: Client, user: User, path: str = "/settings/api-keys/new/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.session = browser.session
    request.user = user
    return request


def test_a_sign_in_is_recent_for_fifteen_minutes(alice: User, alice_browser: Client) -> None:
    assert signed_in_recently(request_of(alice_browser, alice))
    age_sign_in(alice_browser, 899)
    assert signed_in_recently(request_of(alice_browser, alice))
    age_sign_in(alice_browser, 901)
    assert not signed_in_recently(request_of(alice_browser, alice))


def test_it_is_recent_from_its_very_moment_and_no_more_at_the_end_of_the_fifteenth_minute(
    alice: User, alice_browser: Client
) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        age_sign_in(alice_browser, 0)
        assert signed_in_recently(request_of(alice_browser, alice))
        age_sign_in(alice_browser, 900)
        assert not signed_in_recently(request_of(alice_browser, alice))


def test_a_moment_in_the_future_is_not_recent(alice: User, alice_browser: Client) -> None:
    age_sign_in(alice_browser, -60)
    assert not signed_in_recently(request_of(alice_browser, alice))


def test_an_authentication_of_somebody_else_does_not_count(bob: User, alice_browser: Client) -> None:
    assert not signed_in_recently(request_of(alice_browser, bob))


@pytest.mark.django_db
def test_nobody_is_recent_when_signed_out() -> None:
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    assert not signed_in_recently(request)


def test_authenticating_again_makes_it_recent_and_leads_back(alice: User, alice_browser: Client) -> None:
    age_sign_in(alice_browser, 3600)
    asked = require_recent_sign_in(request_of(alice_browser, alice))
    assert asked is not None
    assert asked["Location"] == "/reauthenticate/?next=%2Fsettings%2Fapi-keys%2Fnew%2F"
    page = alice_browser.get(asked["Location"])
    assert 'name="next" value="/settings/api-keys/new/"' in page.content.decode()
    sent = alice_browser.post("/reauthenticate/", {"password": PASSWORD, "next": "/settings/api-keys/new/"})
    assert sent["Location"] == "/settings/api-keys/new/"
    assert require_recent_sign_in(request_of(alice_browser, alice)) is None


def test_authenticating_again_leads_where_it_is_told_to(alice: User, alice_browser: Client) -> None:
    age_sign_in(alice_browser, 3600)
    asked = require_recent_sign_in(request_of(alice_browser, alice), "/settings/apps/")
    assert asked is not None
    assert asked["Location"] == "/reauthenticate/?next=%2Fsettings%2Fapps%2F"


def test_a_wrong_password_does_not_make_it_recent(alice: User, alice_browser: Client) -> None:
    age_sign_in(alice_browser, 3600)
    page = alice_browser.post("/reauthenticate/", {"password": "wrong", "next": "/settings/"})
    assert "Password is wrong. Type it again." in page.content.decode()
    assert not signed_in_recently(request_of(alice_browser, alice))


def test_a_draft_comes_back_once_and_without_secrets(alice: User, alice_browser: Client) -> None:
    request = request_of(alice_browser, alice)
    keep_draft(request, {"name": "Reports bot", "password": "hush", "csrfmiddlewaretoken": "x", "n": 1})
    assert take_draft(request_of(alice_browser, alice, "/elsewhere/")) == {}
    assert take_draft(request) == {"name": "Reports bot"}
    assert take_draft(request) == {}


def test_a_very_long_form_is_not_kept(alice: User, alice_browser: Client) -> None:
    request = request_of(alice_browser, alice)
    keep_draft(request, {"name": "x" * 10_001})
    assert take_draft(request) == {}
