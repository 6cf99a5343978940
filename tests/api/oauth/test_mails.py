"""Mails about apps: to who connects one, and to who owns one."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from accounts.web.client import Client as Caller
from api.oauth.services.applications import change_app
from api.oauth.services.client_secrets import add_secret
from tests.api.oauth.flow import CALLBACK, allow, connect, make_app
from tests.mailbox import mailbox

pytestmark = pytest.mark.django_db
LAPTOP = Caller(ip="203.0.113.7", agent="curl/8.5.0")
REVOKE = "It was not me: http://localhost:8000/settings/revoke-everything/"


def words_of(mail: EmailMessage) -> str:
    return " ".join(str(mail.body).split())


def about(words: str) -> list[EmailMessage]:
    return [mail for mail in mailbox() if words in str(mail.subject)]


def test_a_new_app_is_told_to_who_connected_it_once(alice: User, bob: User, alice_browser: Client) -> None:
    app = make_app(bob, website="https://acme.example")
    tokens = connect(alice_browser, app, "read")
    connect(alice_browser, app, "read")
    [mail] = about("New app connected: Acme Sync")
    assert mail.to == ["alice@example.com"]
    for said in ("App Acme Sync", "Website acme.example", "It may View", "Leads to yourapp.com", REVOKE):
        assert said in words_of(mail)
    assert all(str(value) not in mail.body for name, value in tokens.items() if name.endswith("_token"))


def test_every_host_that_an_app_leads_to_is_told(bob: User, alice_browser: Client) -> None:
    app = make_app(bob, redirect_uris=f"{CALLBACK}\nhttps://acme.example/back")
    connect(alice_browser, app, "read")
    allow(alice_browser, app, scope="read", redirect_uri="https://acme.example/back")
    assert "Leads to acme.example, yourapp.com" in [words_of(mail) for mail in mailbox()][-1]


def test_an_app_that_is_given_more_is_told(alice: User, bob: User, alice_browser: Client) -> None:
    app = make_app(bob)
    connect(alice_browser, app, "read")
    connect(alice_browser, app, "read write")
    [mail] = about("An app may do more: Acme Sync")
    assert "It may View, create and change" in words_of(mail)


def test_a_second_client_secret_is_told_by_its_public_id_alone(alice: User) -> None:
    app = make_app(alice)
    assert about("New client secret") == []
    raw = add_secret(app.row, LAPTOP)
    [mail] = about("New client secret: Acme Sync")
    assert mail.to == ["alice@example.com"]
    assert f"Secret {raw[:22]} " in words_of(mail)
    assert raw[23:] not in mail.body
    assert "Address 203.0.113.7" in words_of(mail)
    assert REVOKE in words_of(mail)


def change(app: Any, **changes: Any) -> None:
    values = {"name": app.row.name, "redirect_uris": app.row.redirect_uris, "scopes": ["read"]}
    change_app(app.row, **{**values, **changes}, client=LAPTOP)


def test_changed_redirect_uris_are_told_and_a_changed_name_is_not(alice: User) -> None:
    app = make_app(alice)
    change(app, name="Acme Sync 2")
    assert about("Redirect URIs changed") == []
    change(app, redirect_uris="https://evil.example/callback")
    [mail] = about("Redirect URIs changed: Acme Sync")
    assert "Added https://evil.example/callback Removed https://yourapp.com/callback" in words_of(mail)
    assert REVOKE in words_of(mail)
