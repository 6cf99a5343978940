"""What a person reads before an app may act for them, and the ways off that page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from api.oauth.models import Grant
from api.oauth.services import applications, reputation
from api.oauth.services.grants import grant_access
from tests.api.oauth.flow import CALLBACK, App, authorize_url, make_app, parameters
from tests.cases import cases
from tests.fixtures import PASSWORD, sign_in
from tests.mailbox import mailbox


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return " ".join(response.content.decode().split())


def admin_app(dora: User) -> App:
    app = make_app(dora, name="Helper")
    applications.set_admin_enabled(app.row, enabled=True)
    row = applications.change_app(
        app.row, name="Helper", redirect_uris=CALLBACK, scopes=["read", "write", "delete", "admin"]
    )
    return App(row, app.secret)


def test_the_page_says_who_asks_for_what_as_whom_and_where_it_leads(app: App, alice_browser: Client) -> None:
    text = text_of(alice_browser.get(authorize_url(app, scope="read write")))
    for words in (
        "<h1>Acme Sync wants to act for you</h1>",
        "Dora Developer<small>member since ",
        "<strong>alice@example.com</strong>",
        "Not you?",
        "View your projects, files, deployments, name and e-mail",
        "Create and change projects, files and deployments, and change your name",
        "It cannot change your e-mail, your keys or how you sign in.",
        "You will return to <strong>yourapp.com</strong>.",
        "You can end this at any time under Connected apps.",
    ):
        assert words in text, words
    assert "Dangerous" not in text
    assert "New" not in text
    assert "autofocus" not in text


def test_delete_and_admin_are_marked_as_dangerous(dora: User, alice_browser: Client) -> None:
    text = text_of(alice_browser.get(authorize_url(admin_app(dora), scope="read write delete admin")))
    assert text.count("is-danger") == text.count("Dangerous") == 2
    assert "Delete projects, files and deployments" in text
    assert "Manage your account: create and delete API keys" in text
    assert "It cannot change" not in text


def test_what_was_not_allowed_before_is_marked_as_new(app: App, alice: User, alice_browser: Client) -> None:
    grant_access(alice, app.row, ["read"])
    Grant.objects.update(granted_at=timezone.now() - timedelta(days=40))
    day = timezone.now() - timedelta(days=40)
    text = text_of(alice_browser.get(authorize_url(app, scope="read delete")))
    [line] = re.findall(r"Not part of what you allowed on <time[^>]*>([^<]+)</time>", text)
    assert line == f"{day.day} {day:%B %Y}"
    assert text.count("New </span>") + text.count("New</span>") == 1


def test_a_port_of_a_native_app_is_shown(public_app: App, alice_browser: Client) -> None:
    url = authorize_url(public_app, redirect_uri="http://127.0.0.1:49152/callback")
    text = text_of(alice_browser.get(url))
    assert "You will return to <strong>an app on this computer</strong> (127.0.0.1:49152)." in text


def test_names_are_shown_as_text(dora: User, alice_browser: Client) -> None:
    dora.name = "<b>Dora</b>"
    dora.save()
    text = text_of(alice_browser.get(authorize_url(make_app(dora, name='"><script>alert(1)</script>'))))
    assert "<script>alert" not in text
    assert "<b>Dora" not in text


def test_the_page_is_not_stored_nor_framed_and_sets_no_form_action(app: App, alice_browser: Client) -> None:
    response = alice_browser.get(authorize_url(app))
    policy = response["Content-Security-Policy"]
    assert "form-action" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "DENY"


@cases("answer", ["deny", "", "ALLOW", "yes"])
def test_anything_but_allow_is_a_no(app: App, alice_browser: Client, answer: str) -> None:
    response = alice_browser.post(authorize_url(app), {"answer": answer})
    assert parameters(response["Location"])["error"] == "access_denied"
    assert parameters(response["Location"])["state"] == "xyz"
    assert not Grant.objects.exists()


def test_a_form_of_another_site_is_no_answer(app: App, alice: User) -> None:
    browser = sign_in(alice, enforce_csrf_checks=False)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(authorize_url(app), {"answer": "allow"}).status_code == 403
    assert not Grant.objects.exists()


def test_not_you_signs_out_and_comes_back_with_every_parameter_for_another_person(
    app: App, alice_browser: Client, bob: User
) -> None:
    url = authorize_url(app, state="a&b=c d%20+é")
    form = re.search(r'action="(/logout/)".*?name="next" value="([^"]+)"', text_of(alice_browser.get(url)))
    assert form is not None
    back = form[2].replace("&amp;", "&")
    assert back == url
    response = alice_browser.post(form[1], {"next": back})
    assert response["Location"] == url
    response = alice_browser.get(response["Location"])
    assert response["Location"].startswith("/login/?next=")
    assert parse_qs(urlsplit(response["Location"]).query)["next"] == [url]
    response = alice_browser.post("/login/", {"login": bob.email, "password": PASSWORD, "next": url})
    assert response["Location"] == url
    assert "<strong>bob@example.com</strong>" in text_of(alice_browser.get(url))
    location = alice_browser.post(url, {"answer": "allow"})["Location"]
    assert parameters(location)["state"] == "a&b=c d%20+é"
    assert Grant.objects.get().user == bob


def test_every_page_on_the_way_in_hands_the_address_on(app: App) -> None:
    url = authorize_url(app, state="a&b")
    browser = Client()
    login = browser.get(url)["Location"]
    text = text_of(browser.get(login))
    assert f'name="next" value="{url.replace("&", "&amp;")}"' in text
    signup = re.search(r'href="(/signup/[^"]+)"', text)
    assert signup is not None
    text = text_of(browser.get(signup[1].replace("&amp;", "&")))
    assert f'name="next" value="{url.replace("&", "&amp;")}"' in text
    back = re.search(r'href="(/login/[^"]+)"', text)
    assert back is not None
    assert parse_qs(urlsplit(back[1].replace("&amp;", "&")).query)["next"] == [url]


def test_a_sign_up_with_its_code_leads_back_to_the_same_question(app: App) -> None:
    url = authorize_url(app, state="a&b")
    browser = Client()
    new = {"name": "Nina New", "email": "nina@example.com", "password1": PASSWORD, "next": url}
    response = browser.post("/signup/", new)
    assert response["Location"].startswith("/confirm-email/")
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mailbox()[0].body), re.MULTILINE)
    assert code is not None, mailbox()[0].body
    response = browser.post(response["Location"], {"action": "verify", "code": code[1]})
    assert response["Location"] == url
    assert "<strong>nina@example.com</strong>" in text_of(browser.get(url))


def test_an_app_that_goes_while_the_page_is_open_is_said(app: App, alice_browser: Client) -> None:
    alice_browser.get(authorize_url(app))
    applications.set_disabled(app.row, disabled=True)
    response = alice_browser.post(authorize_url(app), {"answer": "allow"})
    assert response.status_code == 400
    assert "or it is disabled" in " ".join(response.content.decode().split())


def test_the_error_page_says_what_is_wrong_and_leads_nowhere_but_home(app: App) -> None:
    response = Client().get(authorize_url(app, redirect_uri="https://evil.example/"))
    assert response.status_code == 400
    text = response.content.decode()
    assert "It must match character by character" in text
    assert set(re.findall(r'href="([^"]+)"', text)) >= {"/"}
    assert "evil.example" not in text


def test_the_page_says_what_an_app_cannot_choose(
    dora: User, alice: User, bob: User, alice_browser: Client
) -> None:
    app = make_app(dora, name="Globex", website="https://globex.example/about?x=<b>")
    User.objects.filter(pk=dora.pk).update(date_joined=datetime(2024, 3, 31, 23, tzinfo=UTC))
    url = authorize_url(app)
    text = text_of(alice_browser.get(url))
    for words in ("globex.example", "member since March 2024", "Nobody yet", "Not verified by Craft"):
        assert words in text, words
    assert 'href="https://globex.example' not in text
    for person in (bob, dora):
        grant_access(person, app.row, ["read"])
    applications.set_verified(app.row, verified=True)
    text = text_of(alice_browser.get(url))
    assert "2 people" in text
    assert "Not verified" not in text
    assert "Verified by Craft" in text


def test_no_more_people_are_counted_than_are_told_apart(
    app: App, alice: User, bob: User, dora: User, alice_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reputation, "MOST_COUNTED", 1)
    for person in (alice, bob, dora):
        grant_access(person, app.row, ["read"])
    assert reputation.count_people(app.row) == 2
    assert [grant.people for grant in reputation.with_people(Grant.objects.all())] == [2, 2, 2]
    assert reputation.people_in_words(2) == "More than 1 people"


@cases(
    ("change", "stays"),
    [
        ({}, True),
        ({"scopes": ["read"]}, True),
        ({"description": "Other words."}, True),
        ({"name": "Acme Bank"}, False),
        ({"website": "https://other.example"}, False),
        ({"redirect_uris": "https://other.example/callback"}, False),
    ],
)
def test_what_was_verified_is_verified_no_more_under_another_name(
    app: App, change: dict[str, Any], stays: bool
) -> None:
    applications.set_verified(app.row, verified=True)
    values = {
        "name": app.row.name,
        "redirect_uris": CALLBACK,
        "scopes": ["read", "write", "delete"],
        **change,
    }
    changed = applications.change_app(app.row, **values)
    assert (changed.verified_at is not None) is stays
    if not stays:
        assert app.row.user.activity.latest("id").details["changed"][-1] == "verified_at"


def test_the_page_takes_few_queries(
    app: App, alice: User, alice_browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    grant_access(alice, app.row, ["read"])
    url = authorize_url(app, scope="read write")
    with django_assert_num_queries(5):  # session, person, app with its owner, grant, people
        alice_browser.get(url)
