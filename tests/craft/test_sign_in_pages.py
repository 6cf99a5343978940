"""The pages of signing in: what they name, where they begin, and what says that a form was refused."""

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from tests.cases import cases
from tests.fixtures import PASSWORD

pytestmark = pytest.mark.django_db
ENTRANCES = ("/login/", "/signup/", "/password/reset/")


@pytest.mark.parametrize("path", ENTRANCES)
def test_what_the_operator_wants_named_is_named_where_it_is_set(path: str, settings: Settings) -> None:
    page = Client().get(path).content.decode()
    assert 'href="/docs/"' in page
    for word in ("Terms", "Privacy", "Support"):
        assert f">{word}</a>" not in page
    settings.TERMS_URL, settings.PRIVACY_URL = "https://craft.example/terms", "https://craft.example/privacy"
    settings.SUPPORT_EMAIL = "support@craft.example"
    page = Client().get(path).content.decode()
    for link in (settings.TERMS_URL, settings.PRIVACY_URL, "mailto:support@craft.example"):
        assert f'href="{link}"' in page


@pytest.mark.parametrize(("path", "name"), [*zip(ENTRANCES, ("login", "name", "email"), strict=True)])
def test_a_page_begins_in_its_first_field(path: str, name: str) -> None:
    page = Client().get(path).content.decode()
    fields = re.findall(r"<input[^>]*\bautofocus\b[^>]*>", page)
    assert len(fields) == 1
    assert f'name="{name}"' in fields[0]
    assert "<title>Error" not in page


def test_the_first_field_of_sign_in_offers_passkeys() -> None:
    assert 'autocomplete="username webauthn"' in Client().get("/login/").content.decode()


@cases(
    ("path", "sent", "name"),
    [
        ("/login/", {"login": "alice@example.com", "password": "wrong"}, "password"),
        ("/login/", {"login": "alice", "password": ""}, "login"),
        ("/signup/", {"name": "Ada", "email": "ada", "password1": PASSWORD}, "email"),
        ("/signup/", {"name": "Ada", "email": "ada@example.com", "password1": "short"}, "password1"),
    ],
)
def test_a_refused_form_says_so_in_its_title_and_begins_at_what_is_wrong(
    alice: User, path: str, sent: dict[str, str], name: str
) -> None:
    page = Client().post(path, sent).content.decode()
    assert "<title>Error: " in page
    fields = re.findall(r"<[a-z]+[^>]*\bautofocus\b[^>]*>", page)
    assert len(fields) == 1
    assert f'name="{name}"' in fields[0]


def test_a_page_within_the_settings_does_so_too(alice_browser: Client) -> None:
    page = alice_browser.post("/settings/profile/", {"name": ""}).content.decode()
    assert "<title>Error: Profile" in page
    assert re.search(r'<input[^>]*name="name"[^>]*\bautofocus\b', page)
    assert "<title>Profile" in alice_browser.get("/settings/profile/").content.decode()


def test_every_password_field_has_its_button_hidden_until_a_script_shows_it(alice_browser: Client) -> None:
    for path, browser in (
        ("/login/", Client()),
        ("/signup/", Client()),
        ("/settings/security/password/", alice_browser),
        ("/reauthenticate/", alice_browser),
    ):
        page = browser.get(path).content.decode()
        shown = re.findall(r'<input type="password"[^>]*id="(\w+)"', page)
        buttons = re.findall(r'data-reveal="(\w+)"\s+hidden', page)
        assert shown
        assert shown == buttons
        assert "js/reveal.js" in page


def test_the_sign_in_page_asks_the_database_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        Client().get(f"/login/?next={quote('/settings/')}")
    assert len(queries) == 0


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_no_code_leads_elsewhere(alice: User, target: str) -> None:
    answer = Client().post("/login/", {"login": alice.email, "password": PASSWORD, "next": target})
    assert answer["Location"] == "/settings/"


def test_a_form_of_another_site_signs_nobody_in(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("/login/", "/login/code/", "/signup/"):
        assert strict.post(path, {"login": alice.email, "password": PASSWORD}).status_code == 403
