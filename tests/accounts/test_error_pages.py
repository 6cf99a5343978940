from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.web import error_pages


@pytest.mark.parametrize(
    ("answer", "status", "heading"),
    [
        (error_pages.bad_request, 400, "This request could not be read"),
        (error_pages.csrf_failure, 403, "This form was too old to send"),
        (error_pages.forbidden, 403, "You may not see this page"),
        (error_pages.not_found, 404, "There is no such page"),
        (lambda request: error_pages.method_not_allowed(request, "POST"), 405, "This address is no page"),
        (error_pages.too_many_requests, 429, "Too many tries"),
        (error_pages.server_error, 500, "Something went wrong on our side"),
        (error_pages.unavailable, 503, "Craft cannot answer right now"),
    ],
)
def test_every_error_has_a_page_that_needs_no_database(answer: object, status: int, heading: str) -> None:
    response = answer(RequestFactory().get("/"))  # type: ignore[operator]
    assert response.status_code == status
    page = response.content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert page.count("<a ") == 3  # the name above the card, the one link, the docs below
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response.get("Retry-After") == ("2" if status == 503 else None)


@pytest.mark.parametrize("answer", [error_pages.not_found, error_pages.server_error, error_pages.unavailable])
def test_who_is_known_to_be_signed_in_keeps_the_navigation_without_the_database(answer: object) -> None:
    request: Any = RequestFactory().get("/settings/nowhere/")
    request._cached_user = User(email="alice@example.com", name="Alice Owner")  # as the middleware keeps it
    page = answer(request).content.decode()  # type: ignore[operator]
    assert "Alice Owner" in page
    assert '<a href="/settings/api-keys/"' in page
    assert 'name="csrfmiddlewaretoken"' in page  # of the button that signs out
    request._cached_user = AnonymousUser()
    assert "Account menu" not in answer(request).content.decode()  # type: ignore[operator]


def test_an_error_of_ours_names_its_request_and_whom_to_ask(settings: Settings) -> None:
    settings.SUPPORT_EMAIL = "help@craft.example"
    request = RequestFactory().get("/")
    request.META["craft.request_id"] = "0" * 32
    for answer, is_ours in (
        (error_pages.server_error, True),
        (error_pages.unavailable, True),
        (error_pages.not_found, False),
        (error_pages.too_many_requests, False),
    ):
        page = answer(request).content.decode()
        assert ("0" * 32 in page) is is_ours
        assert '<a href="mailto:help@craft.example">' in page


@pytest.mark.django_db
def test_a_crash_names_the_request_of_its_header(
    alice_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("accounts.views.settings.ProfileForm.__init__", crash)
    alice_browser.raise_request_exception = False
    response = alice_browser.get("/settings/profile/")
    assert response.status_code == 500
    page = response.content.decode()
    assert response["X-Request-ID"] in page
    assert "Alice Owner" in page


@pytest.mark.django_db
def test_an_unknown_address_shows_the_page() -> None:
    page = Client().get("/nowhere/")
    assert page.status_code == 404
    assert "There is no such page" in page.content.decode()


def test_a_crash_shows_the_page_and_nothing_of_the_inside() -> None:
    # This test has no database, so the look-up of the session raises, as when the database is away.
    browser = Client(raise_request_exception=False)
    browser.cookies["sessionid"] = "0" * 32
    page = browser.get("/settings/profile/")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.content.decode()
    assert "atabase" not in page.content.decode()


@pytest.mark.parametrize("host", ["other.example", "localhost,localhost", "a b"])
def test_the_page_for_an_unknown_host_is_as_guarded_as_any(host: str) -> None:
    page = Client().get("/login/", headers={"Host": host})
    assert page.status_code == 400
    assert "This request could not be read" in page.content.decode()
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert len(page["X-Request-ID"]) == 32


def test_a_refusal_does_not_say_why() -> None:
    request: HttpRequest = RequestFactory().get("/")
    assert b"because" not in error_pages.forbidden(request, PermissionDenied("because")).content
