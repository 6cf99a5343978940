"""A new password for who forgot the old one."""

import re
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from accounts.events import Event
from accounts.models import TryCount, User
from accounts.signin import limits
from tests.fixtures import PASSWORD, sign_in
from tests.mailbox import mailbox

NEW = "another-horse-entirely"
pytestmark = pytest.mark.django_db


def ask(email: str, **extra: Any) -> Any:
    return Client().post("/password/reset/", {"email": email}, **extra)


def mailed_path() -> str:
    match = re.search(r"http://localhost:8000(/password/reset/key/\S+)", str(mailbox()[-1].body))
    assert match
    return match[1]


def open_link(path: str) -> tuple[Client, str]:
    """Follow the mail's link: (browser, the address of the form, which no longer holds the key)."""
    browser = Client()
    return browser, browser.get(path)["Location"]


def test_the_link_of_the_mail_sets_a_new_password_once(alice: User) -> None:
    assert ask("Alice@example.com")["Location"] == "/password/reset/done/"
    path = mailed_path()
    browser, form = open_link(path)
    assert path not in form
    assert "Choose a new password" in browser.get(form).content.decode()
    assert browser.post(form, {"password1": NEW})["Location"] == "/password/reset/key/done/"
    assert "Password changed" in browser.get("/password/reset/key/done/").content.decode()
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert alice.activity.latest("id").event == Event.PASSWORD_RESET
    assert mailbox()[-1].subject == "[Craft] Your password was changed"
    assert "This link does not work any more" in Client().get(path).content.decode()


def test_a_reset_ends_every_session(alice: User, alice_browser: Client) -> None:
    other = sign_in(alice)
    ask(alice.email)
    browser, form = open_link(mailed_path())
    browser.post(form, {"password1": NEW})
    for each in (alice_browser, other, browser):
        assert each.get("/settings/profile/").status_code == 302


def test_the_owner_signed_in_resets_and_is_signed_out(alice: User, alice_browser: Client) -> None:
    ask(alice.email)
    form = alice_browser.get(mailed_path())["Location"]
    assert alice_browser.post(form, {"password1": NEW})["Location"] == "/password/reset/key/done/"
    assert alice_browser.get("/settings/profile/").status_code == 302


def test_an_unknown_address_gets_the_same_answer(alice: User) -> None:
    known, unknown = ask("alice@example.com"), ask("nobody@example.com")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert mailbox()[1].to == ["nobody@example.com"]
    assert "There is no active account" in str(mailbox()[1].body)


def test_links_lead_to_web_url_whatever_host_was_named(alice: User) -> None:
    for email in ("alice@example.com", "nobody@example.com"):
        ask(email, HTTP_HOST="127.0.0.1:666")
    Client().post(
        "/signup/",
        {"name": "A", "email": "alice@example.com", "password1": PASSWORD},
        HTTP_HOST="127.0.0.1:666",
    )
    assert len(mailbox()) == 3
    for message in mailbox():
        links = re.findall(r"https?://[^\s/]+", str(message.body))
        assert links
        assert set(links) == {"http://localhost:8000"}
        assert "127.0.0.1" not in str(message.body)


def test_the_mail_says_what_it_is_for_and_is_signed_craft(alice: User) -> None:
    ask(alice.email)
    lines = str(mailbox()[0].body).splitlines()
    assert lines[0] == "Somebody, probably you, asked for a new password for alice@example.com."
    assert lines[-1] == "Craft, http://localhost:8000"
    assert mailbox()[0].subject == "[Craft] Choose a new password"


def test_the_link_ends_after_an_hour(alice: User) -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        ask(alice.email)
        clock.shift(3599)
        assert Client().get(mailed_path()).status_code == 302
        clock.shift(2)
        assert "This link does not work any more" in Client().get(mailed_path()).content.decode()


@pytest.mark.parametrize(
    "key", ["1-bad", "zz-%00", "1-" + "x" * 5000, "0-set-password", "99999999999999999999-x"]
)
def test_a_link_that_nobody_sent_is_no_crash(key: str) -> None:
    page = Client().get(f"/password/reset/key/{key}/")
    assert page.status_code == 200
    assert "This link does not work any more" in page.content.decode()


def test_a_weak_password_is_refused_in_words(alice: User) -> None:
    ask(alice.email)
    browser, form = open_link(mailed_path())
    page = browser.post(form, {"password1": "alice-owner1"}).content.decode()
    assert "Password is too much like your name or e-mail. Choose another one." in page


def test_a_deactivated_account_gets_no_link(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert ask(alice.email)["Location"] == "/password/reset/done/"
    assert "/password/reset/key/" not in str(mailbox()[-1].body)


@pytest.mark.matrix  # as many as there may be
def test_an_address_gets_five_mails_an_hour_and_the_page_looks_the_same(alice: User) -> None:
    for email in ("alice@example.com", "nobody@example.com"):
        mailbox()
        mail.outbox.clear()
        for _ in range(7):
            assert ask(email)["Location"] == "/password/reset/done/"
        assert len(mailbox()) == 5


@pytest.mark.matrix  # as many as there may be
def test_a_notice_of_what_happened_is_never_held_back(alice: User) -> None:
    for n in range(6):
        TryCount.objects.filter(
            digest=limits.MAIL.of("account/email/password_reset_key", alice.email).digest
        ).delete()
        ask(alice.email)
        browser, form = open_link(mailed_path())
        browser.post(form, {"password1": f"{NEW}-{n}"})
    assert [each.subject for each in mailbox()].count("[Craft] Your password was changed") == 6


def test_who_takes_an_account_that_was_never_verified_is_not_called_what_a_stranger_chose() -> None:
    Client().post("/signup/", {"name": "Eve", "email": "ada@example.com", "password1": PASSWORD})
    ask("ada@example.com")
    browser, form = open_link(mailed_path())
    browser.post(form, {"password1": NEW})
    ada = User.objects.get(email="ada@example.com")
    assert ada.name == "ada"
    assert ada.activity.get(event=Event.PROFILE_CHANGED).details == {"changed": {"name": ["Eve", "ada"]}}


def test_who_was_verified_keeps_the_name(alice: User) -> None:
    ask(alice.email)
    browser, form = open_link(mailed_path())
    browser.post(form, {"password1": NEW})
    alice.refresh_from_db()
    assert alice.name == "Alice Owner"


def test_an_account_without_password_gets_one_this_way(alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    ask(alice.email)
    browser, form = open_link(mailed_path())
    browser.post(form, {"password1": NEW})
    assert Client().post("/login/", {"login": alice.email, "password": NEW}).status_code == 302


def test_a_link_opened_in_a_planted_session_is_of_no_use_to_who_planted_it(alice: User) -> None:
    stranger, owner = Client(), Client()
    stranger.post("/login/passkey/options/")
    owner.cookies["sessionid"] = stranger.cookies["sessionid"].value
    ask(alice.email)
    form = owner.get(mailed_path())["Location"]
    assert "This link does not work any more" in stranger.get(form).content.decode()
    stranger.post(form, {"password1": "a-stranger-chose-this"})
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert owner.post(form, {"password1": NEW})["Location"] == "/password/reset/key/done/"


def test_the_key_of_a_link_is_not_readable_in_the_session(alice: User) -> None:
    ask(alice.email)
    path = mailed_path()
    browser, form = open_link(path)
    key = path.rstrip("/").partition("-")[2]
    for _ in range(2):  # nor after the form was shown and sent in vain
        (row,) = Session.objects.all()
        assert key not in str(row.get_decoded())
        assert "Choose a new password" in browser.get(form).content.decode()
        browser.post(form, {"password1": "short"})
