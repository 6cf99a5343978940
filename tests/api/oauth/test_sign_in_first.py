"""Somebody who is not signed in comes back to the very link that they followed."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from tests.api.oauth.flow import App, authorize_url, exchange, parameters
from tests.cases import cases
from tests.fixtures import PASSWORD
from tests.mailbox import mailbox

STATES = ["xyz", "a b+c&d=e/f?g#h%zz", "é ✓", "a" * 7500, "=:" * 1200]


def next_of(location: str) -> str:
    """Where the sign-in page will lead to."""
    parts = urlsplit(location)
    assert parts.path == "/login/"
    return parse_qs(parts.query)["next"][0]


@pytest.mark.matrix  # each parameter
@cases("state", STATES)
def test_sign_in_keeps_every_parameter(alice: User, app: App, state: str) -> None:
    browser = Client()
    url = authorize_url(app, state=state)
    back = next_of(browser.get(url)["Location"])
    page = browser.get("/login/", {"next": back})
    hidden = re.search(r'<input type="hidden" name="next" value="([^"]*)"', page.content.decode())
    assert hidden is not None
    assert hidden[1].replace("&amp;", "&").replace("&#x27;", "'") == url
    signed_in = browser.post("/login/", {"login": alice.email, "password": PASSWORD, "next": back})
    assert signed_in["Location"] == url
    told = parameters(browser.post(url, {"answer": "allow"})["Location"])
    assert told["state"] == state
    assert exchange(app, told["code"]).status_code == 200


def test_an_answer_of_somebody_signed_out_is_no_consent(alice: User, app: App) -> None:
    browser = Client()
    url = authorize_url(app)
    assert next_of(browser.post(url, {"answer": "allow"})["Location"]) == url
    browser.post("/login/", {"login": alice.email, "password": PASSWORD, "next": url})
    assert b"wants to act for you" in browser.get(url).content


@pytest.mark.parametrize("state", ["a b&c", "a" * 7500], ids=len)
def test_sign_up_leads_back_too(db: None, app: App, state: str) -> None:
    browser = Client()
    url = authorize_url(app, state=state)
    link = f"/signup/?{urlsplit(browser.get(url)['Location']).query}"
    assert browser.get(link).status_code == 200
    fields = {"email": "new@example.com", "name": "Nina New", "password1": PASSWORD, "next": url}
    assert browser.post("/signup/", fields).status_code == 302
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mailbox()[-1].body), re.MULTILINE)
    assert code is not None, mailbox()[-1].body
    assert browser.post("/confirm-email/", {"code": code[1]})["Location"] == url
    assert b"new@example.com" in browser.get(url).content


@pytest.mark.matrix  # longest links
@pytest.mark.parametrize("filling", ["a", ":", "="], ids=["as it is", "made longer", "made longer too"])
def test_the_longest_link_survives_sign_in_and_a_longer_one_is_refused_at_once(
    alice: User, app: App, filling: str
) -> None:
    """Twice what is not encoded in the link is on the way: in the address of sign-in, and in the answer."""
    bare = len(authorize_url(app, state="")) - len("/oauth/authorize?")
    longest = authorize_url(app, state="") + filling * (8000 - bare)
    browser = Client()
    back = next_of(browser.get("/oauth/authorize", QUERY_STRING=longest.partition("?")[2])["Location"])
    assert browser.get("/login/", {"next": back}).status_code == 200
    signed_in = browser.post("/login/", {"login": alice.email, "password": PASSWORD, "next": back})
    assert signed_in["Location"] == longest
    assert browser.get(longest).status_code == 200
    for answer in ("deny", "allow"):
        told = parameters(browser.post(longest, {"answer": answer})["Location"])
        assert told["state"] == filling * (8000 - bare)
    assert exchange(app, told["code"]).status_code == 200
    for longer in (longest + "a", longest[:-1] + "<"):
        response = browser.get("/oauth/authorize", QUERY_STRING=longer.partition("?")[2])
        assert response.status_code == 400
        assert b"may have 8,000 characters." in response.content


def test_not_you_signs_out_and_comes_back(alice_browser: Client, app: App) -> None:
    url = authorize_url(app)
    page = alice_browser.get(url).content.decode()
    assert f'<input type="hidden" name="next" value="{url.replace("&", "&amp;")}">' in page
    out = alice_browser.post("/logout/", {"next": url})
    assert out["Location"] == url
    assert next_of(alice_browser.get(url)["Location"]) == url


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


@pytest.mark.parametrize("path", ["/login/", "/signup/"])
def test_on_the_way_to_an_app_the_page_names_it(db: None, app: App, path: str) -> None:
    page = Client().get(path, {"next": authorize_url(app)}).content.decode()
    assert "to continue to Acme Sync." in text_of(page)
    assert "continue to" not in Client().get(path).content.decode()


@cases(
    "target",
    [
        "/settings/?client_id={id}",
        "/oauth/authorize?client_id=nobody",
        "/oauth/authorize?client_id=%00",
        "/oauth/authorize",
        "//[",
        "https://evil.example/oauth/authorize?client_id={id}",
    ],
)
def test_nothing_else_is_named(db: None, app: App, target: str) -> None:
    page = Client().get("/login/", {"next": target.format(id=app.row.client_id)})
    assert page.status_code == 200
    assert "continue to" not in page.content.decode()


def test_an_app_of_a_deactivated_owner_is_not_named(app: App) -> None:
    User.objects.filter(pk=app.row.user_id).update(is_active=False)
    assert "continue to" not in Client().get("/login/", {"next": authorize_url(app)}).content.decode()
