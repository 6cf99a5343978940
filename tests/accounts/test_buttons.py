"""Buttons pressed after the session has ended, and addresses of buttons that are opened."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from apikeys.models import APIKey
from tests.cases import cases
from tests.fixtures import PASSWORD, signed_in

KEYS = "/settings/api-keys/"


def next_of(response: Any) -> str:
    """Where the sign-in page would lead."""
    assert response.status_code == 302, response
    parts = urlsplit(response["Location"])
    assert parts.path == "/login/"
    back: str = parse_qs(parts.query)["next"][0]
    return back


def patterns(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site, with something in the place of what is variable."""
    for each in resolver.url_patterns:
        path = before + re.sub(r"<[^>]+>", "x", re.sub(r"<int:\w+>", "1", str(each.pattern)))
        if isinstance(each, URLResolver):
            yield from patterns(each, path)
        else:
            yield path, each


@pytest.mark.long
def test_no_address_of_the_settings_leads_back_from_sign_in_to_a_405(alice: User) -> None:
    paths = [path for path, _ in patterns(get_resolver()) if path.startswith("/settings/")]
    assert len(paths) > 30
    buttons = 0
    for path in paths:
        back = next_of(Client().post(path))
        buttons += back != path
        assert signed_in(alice).get(back).status_code in (200, 302, 404), path
    assert buttons >= 5


@pytest.mark.matrix  # each button
def test_a_button_pressed_for_nothing_leads_back_to_its_page_which_says_so(
    alice: User, alice_browser: Client, read_only: tuple[APIKey, str]
) -> None:
    key = read_only[0]
    page = f"{KEYS}{key.uid}/?show=48h"
    Session.objects.all().delete()
    response = alice_browser.post(
        f"{KEYS}{key.uid}/read-only/", headers={"Referer": f"http://testserver{page}"}
    )
    assert next_of(response) == page
    sign_in_page = alice_browser.get(response["Location"]).content.decode()
    assert "Your session has ended." in sign_in_page
    assert "pressed the button" not in sign_in_page
    form = {"login": alice.email, "password": PASSWORD, "next": next_of(response)}
    response = alice_browser.post("/login/", form, follow=True)
    assert response.redirect_chain == [(page, 302)]
    assert "pressed the button, so nothing was done.</p>" in response.content.decode()
    assert "pressed the button" not in alice_browser.get(page).content.decode()


@cases(
    "referer",
    [
        "",
        "nonsense",
        "https://evil.example/settings/security/",
        "http://testserver.evil.example/settings/",
        "http://testserver@evil.example/settings/",
        "http://testserver//evil.example/",
        "http://testserver/login/",
        "http://testserver/settings/nowhere/",
        "http://testserver/settings/security/trusted-browsers/1/forget/",
        "http://testserver/settings/\x00",
        "http://[",
        f"http://testserver/settings/?{'x' * 9000}",
        "javascript:alert(1)",
    ],
)
def test_a_button_leads_to_a_page_of_ours_whatever_the_browser_says(db: None, referer: str) -> None:
    response = Client().post("/settings/security/trusted-browsers/1/forget/", headers={"Referer": referer})
    assert next_of(response) == "/settings/security/"


def test_the_page_of_a_button_is_the_nearest_above_it(db: None) -> None:
    assert next_of(Client().post(f"{KEYS}key_1/put-aside/")) == f"{KEYS}key_1/"
    assert next_of(Client().get(f"{KEYS}key_1/put-aside/")) == f"{KEYS}key_1/"


def test_who_opens_the_address_of_a_button_reads_what_it_is(alice_browser: Client) -> None:
    response = alice_browser.get("/settings/security/trusted-browsers/1/forget/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "<h1>This address is no page</h1>" in response.content.decode()
    assert '<a href="/settings/security/">Go to that page</a>' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_who_signs_out_is_not_told_that_the_session_has_ended(alice_browser: Client) -> None:
    page = alice_browser.post("/logout/", follow=True)
    assert "Your session has ended" not in page.content.decode()
    page = alice_browser.get("/settings/", follow=True)
    assert "Your session has ended" not in page.content.decode()
