"""The consent page: who may be asked, when it is skipped, and that nothing but the person's click counts."""

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import Activity, User
from api.oauth.models import AuthorizationCode, Grant
from api.oauth.services.applications import change_app, delete_app
from tests.api.oauth.flow import (
    CALLBACK,
    ISSUER,
    App,
    allow,
    authorize_url,
    exchange,
    get_code,
    make_app,
    parameters,
)
from tests.cases import cases
from tests.fixtures import PASSWORD


@cases(
    ("asked", "granted"),
    [
        (None, "read"),
        ("", "read"),
        ("read", "read"),
        ("write read", "write read"),
        ("read read write read", "read write"),
        ("read " * 200, "read"),
        ("delete", "delete"),
        (" read ", "read"),
    ],
)
def test_the_asked_scopes_are_granted_and_read_is_the_default(
    alice_browser: Client, app: App, asked: str | None, granted: str
) -> None:
    response = exchange(app, get_code(alice_browser, app, scope=asked))
    assert response.json()["scope"] == granted


def test_allow_leads_back_with_code_state_and_issuer_and_is_logged(
    alice: User, alice_browser: Client, app: App
) -> None:
    told = parameters(allow(alice_browser, app))
    assert re.fullmatch(r"craft_oac_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", told.pop("code"))
    assert told == {"state": "xyz", "iss": ISSUER}
    grant = Grant.objects.get()
    assert (grant.user, grant.application, grant.scope) == (alice, app.row, "read write")
    line = Activity.objects.get(event="grant_created")
    assert (line.user, line.credential, line.ip) == (alice, app.id, "127.0.0.1")
    assert line.details == {"name": "Acme Sync", "scopes": ["read", "write"], "hosts": ["yourapp.com"]}


@cases("answer", ["deny", "", "ALLOW", "allow ", "true", None])
def test_anything_but_allow_is_a_no(alice_browser: Client, app: App, answer: str | None) -> None:
    response = alice_browser.post(authorize_url(app), {} if answer is None else {"answer": answer})
    assert response["Location"].startswith(CALLBACK + "?")
    assert parameters(response["Location"]) == {
        "error": "access_denied",
        "error_description": "The user denied access.",
        "state": "xyz",
        "iss": ISSUER,
    }
    assert not Grant.objects.exists()
    assert not AuthorizationCode.objects.exists()


def test_form_fields_cannot_change_what_the_page_showed(alice_browser: Client, app: App, dora: User) -> None:
    evil = make_app(dora, name="Evil", redirect_uris="https://evil.example/")
    fields = {
        "answer": "allow",
        "scope": "read write delete admin",
        "scopes": "admin",
        "client_id": evil.id,
        "redirect_uri": "https://evil.example/",
        "state": "other",
        "user": "1",
        "allow": "1",
    }
    told = alice_browser.post(authorize_url(app, scope="read"), fields)["Location"]
    assert told.startswith(CALLBACK + "?")
    assert parameters(told)["state"] == "xyz"
    assert Grant.objects.get().scope == "read"
    assert exchange(app, parameters(told)["code"]).json()["scope"] == "read"


def test_a_multipart_form_is_read_and_a_broken_one_refused(alice_browser: Client, app: App) -> None:
    url = authorize_url(app)
    whole = alice_browser.post(url, {"answer": "allow"})  # the test client sends multipart
    assert whole.status_code == 302
    broken = alice_browser.generic("POST", url, b"x", content_type="multipart/form-data; boundary=")
    assert broken.status_code == 400
    many = "&".join(f"a{i}=b" for i in range(2000))
    form = "application/x-www-form-urlencoded"
    assert alice_browser.generic("POST", url, many, content_type=form).status_code == 400
    assert alice_browser.generic("POST", url, b"\xff\x00&answer=%zz", content_type=form).status_code == 302


def test_consent_needs_the_csrf_token(alice: User, app: App) -> None:
    browser = sign_in_with_csrf(alice)
    assert browser.post(authorize_url(app), {"answer": "allow"}).status_code == 403
    foreign = {"csrfmiddlewaretoken": csrf_token(browser, app), "answer": "allow"}
    evil = {"Origin": "https://evil.example"}
    assert browser.post(authorize_url(app), foreign, headers=evil).status_code == 403
    assert not AuthorizationCode.objects.exists()
    assert browser.post(authorize_url(app), foreign).status_code == 302


def test_a_page_shown_to_one_account_cannot_be_answered_by_another(alice: User, bob: User, app: App) -> None:
    browser = sign_in_with_csrf(alice)
    shown_to_alice = csrf_token(browser, app)
    token = browser.cookies["csrftoken"].value
    browser.post("/logout/", {"csrfmiddlewaretoken": token})
    sign_in_with_csrf(bob, browser)
    answer = {"csrfmiddlewaretoken": shown_to_alice, "answer": "allow"}
    assert browser.post(authorize_url(app), answer).status_code == 403
    assert not Grant.objects.exists()


def sign_in_with_csrf(user: User, browser: Client | None = None) -> Client:
    browser = browser or Client(enforce_csrf_checks=True)
    browser.get("/login/")
    fields = {
        "login": user.email,
        "password": PASSWORD,
        "csrfmiddlewaretoken": browser.cookies["csrftoken"].value,
    }
    assert browser.post("/login/", fields).status_code == 302
    return browser


def csrf_token(browser: Client, app: App) -> str:
    """Of the form with the two buttons."""
    page = browser.get(authorize_url(app)).content.decode()
    found = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    return str(found[-1])


def test_admin_may_be_asked_for_only_once_staff_enabled_it(alice_browser: Client, app: App) -> None:
    app.row.allowed_scope = "read admin"
    app.row.save()
    told = parameters(alice_browser.get(authorize_url(app, scope="admin"))["Location"])
    assert told["error"] == "invalid_scope"
    app.row.admin_enabled = True
    app.row.save()
    page = alice_browser.get(authorize_url(app, scope="admin")).content.decode()
    assert "Dangerous" in page
    assert "It cannot change your e-mail" not in page


def test_what_changes_while_the_page_is_open_is_judged_again(alice_browser: Client, app: App) -> None:
    url = authorize_url(app, scope="read delete")
    assert alice_browser.get(url).status_code == 200
    change_app(app.row, name="Acme", redirect_uris=CALLBACK, scopes=["read"])
    assert parameters(alice_browser.post(url, {"answer": "allow"})["Location"])["error"] == "invalid_scope"
    change_app(app.row, name="Acme", redirect_uris="https://new.example/", scopes=["read", "delete"])
    assert alice_browser.post(url, {"answer": "allow"}).status_code == 400
    delete_app(app.row)
    assert alice_browser.post(url, {"answer": "allow"}).status_code == 400
    assert not AuthorizationCode.objects.exists()


def test_somebody_deactivated_or_signed_out_elsewhere_is_asked_to_sign_in(
    alice: User, alice_browser: Client, app: App
) -> None:
    assert alice_browser.get(authorize_url(app)).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    for response in (
        alice_browser.get(authorize_url(app)),
        alice_browser.post(authorize_url(app), {"answer": "allow"}),
    ):
        assert response["Location"].startswith("/login/?next=/oauth/authorize")
    assert not Grant.objects.exists()


def test_the_pages_are_not_stored_not_framed_and_leak_no_address(alice_browser: Client, app: App) -> None:
    for response in (
        alice_browser.get(authorize_url(app)),
        alice_browser.get(authorize_url(app, client_id="app_0")),
        alice_browser.get(authorize_url(app, scope="nope")),
        alice_browser.post(authorize_url(app), {"answer": "deny"}),
        alice_browser.post(authorize_url(app), {"answer": "allow"}),
        alice_browser.get(authorize_url(app)),
        Client().get(authorize_url(app)),
    ):
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "DENY"
        assert not response.has_header("Access-Control-Allow-Origin")
        policy = response.get("Content-Security-Policy", "")
        assert "form-action" not in policy
        if response.status_code == 200:
            assert "frame-ancestors 'none'" in policy
            assert "'unsafe-inline'" not in policy


def test_what_an_app_says_of_itself_is_text_and_no_script(alice_browser: Client, dora: User) -> None:
    app = make_app(dora, name='<script>alert(1)</script>"x')
    page = alice_browser.get(authorize_url(app, state="<img src=x onerror=alert(1)>")).content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_code_of_an_old_consent_cannot_be_used_later(alice_browser: Client, app: App) -> None:
    code = get_code(alice_browser, app)
    AuthorizationCode.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert exchange(app, code).json()["error"] == "invalid_grant"
