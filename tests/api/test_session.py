"""The session cookie as a credential: for the web origin, with its CSRF token, while the session lives."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import end_all_sessions
from accounts.sessions import SessionStore
from accounts.web.client import NOBODY
from api.projects.models import Project
from tests.api.answers import CHALLENGE, check_error, check_success
from tests.cases import cases
from tests.fixtures import API, sign_in

pytestmark = pytest.mark.matrix

WEB = "http://localhost:8000"
HOST = "localhost:8000"
CSRF_FAILED = "CSRF check failed. Send the csrftoken cookie's value as X-CSRFToken, from the web origin"


class Page:
    """A page of the web host in a browser that is signed in: it calls the API as its scripts would."""

    def __init__(self, user: User, **environ: Any) -> None:
        signed_in = sign_in(user, **{"HTTP_HOST": HOST, **environ})
        signed_in.get("/settings/profile/")
        self.browser = Client(enforce_csrf_checks=True, **{"HTTP_HOST": HOST, **environ})
        self.browser.cookies = signed_in.cookies
        self.token = signed_in.cookies["csrftoken"].value

    def call(self, method: str, path: str, *, token: str | None = None, **sent: Any) -> Any:
        """With `headers` on top of the token, which is left out when it is None."""
        headers = {**({} if token is None else {"X-CSRFToken": token}), **sent.pop("headers", {})}
        sent = {"data": b'{"name": "x"}', "content_type": "application/json"} | sent
        return self.browser.generic(method, path, headers=headers, **sent)


@pytest.fixture
def page(alice: User) -> Page:
    return Page(alice)


@pytest.fixture
def project(alice: User) -> Project:
    return Project.objects.create(owner=alice, name="Harbour")


def test_a_signed_in_page_reads_without_a_token(page: Page) -> None:
    for path in ("/v1/me", "/v1/auth", "/v1/projects"):
        check_success(page.call("GET", path, data=b""))


def test_whom_the_session_holds_decides_not_for_whom_it_is_listed(page: Page, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(password=alice.password)  # so that the session's hash is his, too
    UserSession.objects.update(user=bob)
    assert check_success(page.call("GET", "/v1/me", data=b""))["name"] == "Alice Owner"


def test_a_session_that_is_not_listed_is_one(page: Page) -> None:
    UserSession.objects.all().delete()
    check_success(page.call("GET", "/v1/me", data=b""))


@pytest.mark.parametrize(
    ("name", "value"), [("_auth_user_hash", "x" * 64), ("_auth_user_backend", "nowhere.Backend")]
)
def test_a_session_of_another_hash_or_backend_is_none(page: Page, name: str, value: str) -> None:
    session = SessionStore(page.browser.cookies["sessionid"].value)
    session[name] = value
    session.save()
    check_error(page.call("GET", "/v1/me", data=b""), 401)


@pytest.mark.parametrize("origin", [None, WEB])
def test_a_signed_in_page_creates_changes_and_deletes_with_its_token(page: Page, origin: str | None) -> None:
    sent: dict[str, Any] = {"token": page.token, "headers": {"Origin": origin} if origin else {}}
    uid = check_success(page.call("POST", "/v1/projects", **sent), 201)["id"]
    assert check_success(page.call("PATCH", f"/v1/projects/{uid}", **sent))["name"] == "x"
    assert check_success(page.call("DELETE", f"/v1/projects/{uid}", **sent)) == {"id": uid, "deleted": True}


UNSAFE = [("POST", "/v1/projects"), ("PATCH", "/v1/projects/{id}"), ("DELETE", "/v1/projects/{id}")]
UNSAFE += [("PATCH", "/v1/me"), ("PUT", "/v1/projects"), ("POST", "/v1/projects/{id}"), ("FOO", "/v1/me")]


@cases(("method", "path"), UNSAFE)
@cases("token", [None, "", "x" * 32, "x" * 64, "short", "ключ", "\x00" * 32])
def test_no_unsafe_method_works_without_the_right_token(
    page: Page, project: Project, method: str, path: str, token: str | None
) -> None:
    response = page.call(method, path.format(id=project.uid), token=token)
    check_error(response, 403, CSRF_FAILED)
    assert [(each.name, each.owner.name) for each in Project.objects.all()] == [("Harbour", "Alice Owner")]


def test_a_token_without_the_csrf_cookie_is_refused(page: Page) -> None:
    del page.browser.cookies["csrftoken"]
    check_error(page.call("POST", "/v1/projects", token=page.token), 403, CSRF_FAILED)


@cases("cookie", ["", "\x00", "x", "x" * 64, "é" * 32, "x" * 9000])
def test_an_odd_csrf_cookie_is_refused(page: Page, cookie: str) -> None:
    session = page.browser.cookies["sessionid"].value
    raw = f"sessionid={session}; csrftoken={cookie}"
    check_error(page.call("POST", "/v1/projects", token=page.token, HTTP_COOKIE=raw), 403, CSRF_FAILED)
    check_success(page.call("GET", "/v1/me", HTTP_COOKIE=raw))


ORIGINS = [
    *("https://evil.example", "null", "", "http://localhost:8001", "https://localhost:8000", "http://["),
    *(f"{WEB}.evil.example", f"{WEB}@evil.example", f"{WEB}/", "http://x.localhost:8000", "localhost:8000"),
    *("http://preview.localhost:8000", "http://site.preview.localhost:8000", "http://LOCALHOST:8000"),
]


@cases("origin", ORIGINS)
def test_the_right_token_from_another_origin_is_refused(page: Page, origin: str) -> None:
    response = page.call("POST", "/v1/projects", token=page.token, headers={"Origin": origin})
    check_error(response, 403, CSRF_FAILED)
    assert not Project.objects.exists()


REFERERS = [
    ("https://craft.fast/settings/", 201),
    (None, 403),
    ("", 403),
    ("http://craft.fast/settings/", 403),
    ("https://evil.example/?https://craft.fast/", 403),
    ("https://craft.fast.evil.example/", 403),
    ("https://craft-preview.app/", 403),
    ("https://craft.fast@evil.example/", 403),
    ("https://[", 403),
]


@cases(("referer", "status"), REFERERS)
@pytest.mark.usefixtures("three_hosts")
def test_over_https_a_call_without_an_origin_needs_the_web_hosts_referer(
    alice: User, referer: str | None, status: int
) -> None:
    https = {"HTTP_HOST": "craft.fast", "HTTP_X_FORWARDED_PROTO": "https"}
    page = Page(alice, HTTP_REFERER="https://craft.fast/", **https)
    page.browser.defaults.pop("HTTP_REFERER")
    headers = {} if referer is None else {"Referer": referer}
    response = page.call(
        "POST", "/v1/projects", token=page.token, headers=headers, HTTP_HOST="api.craft.fast"
    )
    assert response.status_code == status, response.content
    if status != 201:
        check_error(response, 403, CSRF_FAILED)


FORMS = [
    ("text/plain", b'{"name": "x"}'),
    ("application/x-www-form-urlencoded", b"name=x&csrfmiddlewaretoken=T"),
    ("application/x-www-form-urlencoded", b"a=1&" * 1001),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b--',
    ),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=b", b"--b\r\nbroken"),
]


@cases(("content_type", "data"), FORMS)
def test_a_form_is_no_way_in_and_its_own_token_field_does_not_count(
    page: Page, content_type: str, data: bytes
) -> None:
    sent: dict[str, Any] = {"content_type": content_type, "data": data.replace(b"T", page.token.encode())}
    check_error(page.call("POST", "/v1/projects", **sent), 403, CSRF_FAILED)
    check_error(page.call("POST", "/v1/projects", token=page.token, **sent), 415)
    assert not Project.objects.exists()


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(user: User) -> None:
    user.set_password("another-horse-battery")
    user.save()


def expire(user: User) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def garble(user: User) -> None:
    Session.objects.update(session_data="garbage")


def sign_out_everywhere(user: User) -> None:
    end_all_sessions(user, NOBODY)


ENDS = [deactivate, User.delete, change_password, expire, garble, sign_out_everywhere]


@cases("end", ENDS)
def test_a_session_ends_at_once_for_the_api_too(alice: User, page: Page, end: Any) -> None:
    check_success(page.call("GET", "/v1/me"))
    end(alice)
    for method in ("GET", "PATCH"):
        response = page.call(method, "/v1/me", token=page.token)
        check_error(response, 401)
        assert response["WWW-Authenticate"] == CHALLENGE


def test_signing_out_ends_the_session_for_the_api_too(alice_browser: Client) -> None:
    copied = alice_browser.cookies["sessionid"].value
    check_success(alice_browser.get("/v1/me"))
    alice_browser.post("/logout/")
    check_error(Client().get("/v1/me", HTTP_COOKIE=f"sessionid={copied}"), 401)


COOKIES = [  # S stands for the good one
    *("", "\x00", "a\x00b", "\x00" * 32, "x" * 32, "S\x00", "SS", "x" * 9000, "é" * 32, "\xed\xa0\x80"),
    *("'; DROP TABLE django_session; --", '"S', "%00", "S%00", "../../etc/passwd", "\x7f" * 32, "\r\n"),
]


@cases("cookie", COOKIES)
def test_an_odd_session_cookie_is_no_session_and_no_error(
    api: API, alice_browser: Client, cookie: str
) -> None:
    raw = f"sessionid={cookie.replace('S', alice_browser.cookies['sessionid'].value)}"
    check_error(api("GET", "/v1/me", HTTP_COOKIE=raw), 401)
    check_error(api("POST", "/v1/projects", json={"name": "x"}, HTTP_COOKIE=raw), 401)
    response = api("GET", "/settings/profile/", HTTP_COOKIE=raw)
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/settings/profile/")
    assert api("GET", "/login/", HTTP_COOKIE=raw).status_code == 200


def test_reading_with_a_session_writes_nothing(page: Page) -> None:
    before = Session.objects.get()
    check_success(page.call("GET", "/v1/me"))
    after = Session.objects.get()
    assert (before.session_data, before.expire_date) == (after.session_data, after.expire_date)
