import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.web import error_pages


@pytest.mark.parametrize(
    ("answer", "status", "heading"),
    [
        (error_pages.bad_request, 400, "This request could not be read"),
        (error_pages.csrf_failure, 403, "This form was too old to send"),
        (error_pages.forbidden, 403, "You may not see this page"),
        (error_pages.not_found, 404, "There is no such page"),
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
    assert page.count("<a ") == 2  # the name above the card and the one link
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response.get("Retry-After") == ("2" if status == 503 else None)


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
