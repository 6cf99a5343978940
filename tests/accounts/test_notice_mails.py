"""Mails of what matters to an account: what, by which browser, from where, when, and what to do about it."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.fixtures import PASSWORD, sign_in
from tests.mailbox import mailbox

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0"
NEW_BROWSER = "[Craft] New sign-in from a browser we have not seen"
REVOKE = "http://localhost:8000/settings/revoke-everything/"


def words_of(mail: EmailMessage) -> str:
    return " ".join(str(mail.body).split())


def sign_in_mails() -> list[EmailMessage]:
    return [mail for mail in mailbox() if mail.subject == NEW_BROWSER]


def test_the_very_first_sign_in_of_an_account_is_no_news(alice: User) -> None:
    sign_in(alice)
    assert sign_in_mails() == []


def test_a_sign_in_from_a_new_browser_is_told_in_full(alice: User) -> None:
    sign_in(alice)
    browser = Client(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="203.0.113.204")
    browser.post("/login/", {"login": alice.email, "password": PASSWORD})
    code = re.search(r"^ {4}(\S+)$", str(mailbox()[-1].body), re.MULTILINE)
    assert code
    browser.post("/login/code/", {"code": code[1]})
    [mail] = sign_in_mails()
    assert mail.to == ["alice@example.com"]
    [html] = [content for content, _ in mail.alternatives]  # type: ignore[attr-defined]
    for said in (
        "Somebody signed in to your account alice@example.com with your password and a code that we mailed.",
        "Browser Firefox 133 on Windows",
        "Address 203.0.113.204",
        f"When {timezone.now():%-d %B %Y, %H:}",
        "It was not you? This page signs everybody out and ends what can act as you.",
        f"It was not me: {REVOKE}",
        "Mails of this kind cannot be switched off",
    ):
        assert said in words_of(mail)
    assert f'<a href="{REVOKE}"' in html
    assert "Firefox 133 on Windows" in html
    assert PASSWORD not in mail.body + html


def test_a_browser_that_signs_in_again_is_no_news(alice: User) -> None:
    browser = sign_in(alice)
    browser.post("/logout/")
    browser.post("/login/", {"login": "alice@example.com", "password": PASSWORD})
    assert sign_in_mails() == []


def test_a_wrong_password_from_a_new_browser_is_not_mailed(alice: User) -> None:
    sign_in(alice)
    Client().post("/login/", {"login": "alice@example.com", "password": "wrong-horse-battery"})
    assert sign_in_mails() == []


def test_the_link_of_a_mail_ends_nothing_when_a_scanner_follows_it(alice: User) -> None:
    browser = sign_in(alice)
    assert Client().get("/settings/revoke-everything/").status_code == 302
    assert browser.get("/settings/revoke-everything/").status_code == 200
    assert browser.get("/settings/").status_code == 200


def test_a_changed_password_is_told_with_the_way_to_a_new_one_first(alice: User) -> None:
    sign_in(alice).post(
        "/settings/security/password/", {"oldpassword": PASSWORD, "password1": "another-horse-entirely"}
    )
    mail = mailbox()[-1]
    assert mail.subject == "[Craft] Your password was changed"
    links = re.findall(r"http://\S+", str(mail.body))
    assert links[:2] == ["http://localhost:8000/password/reset/", REVOKE]
    assert "another-horse-entirely" not in mail.body
