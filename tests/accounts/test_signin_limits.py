"""Wrong passwords: who has to wait, who never has to, and the link that lets a browser in."""

import re
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.signin import limits
from accounts.signin.login_links import make_link
from tests.apikeys.test_races import at_once
from tests.fixtures import PASSWORD, age_sign_in, sign_in, signed_in
from tests.mailbox import mailbox

WRONG = "E-mail or password is wrong. Check both, or choose a new password."
WAIT = "Too many tries. Wait five minutes, then try again."
SENT = "We have mailed you a link"
CODE, IN = (
    "/login/code/",
    ("/settings/", "/login/code/"),
)  # the password was right; but the first browser takes a code
TOKEN = re.compile(r'value="\w{64}"')
pytestmark = pytest.mark.django_db


def send(email: str, password: str = "wrong", browser: Client | None = None, ip: str = "198.51.100.1") -> Any:
    return (browser or Client()).post(
        "/login/", {"login": email, "password": password}, REMOTE_ADDR=ip, follow=True
    )


def said(page: Any) -> str:
    """Which of the answers to a sign-in this is."""
    text = page.content.decode()
    found = [name for name in (WRONG, WAIT, SENT, "Nothing was changed. Wait a minute") if name in text]
    return found[0] if found else str(page.request["PATH_INFO"])


def attack(email: str, networks: int = 11, tries: int = 5) -> None:
    """Guess from all over the world until the account's own count is used up."""
    for n in range(networks):
        for _ in range(tries):
            send(email, ip=f"203.0.113.{n}")


def use_up(email: str) -> None:
    """Count what attack() does, without the guesses."""
    while limits.ACCOUNT.of(email).take():
        pass


def link_of_the_mail() -> str:
    match = re.search(r"http://localhost:8000(/login/link/\S+)", str(mailbox()[-1].body))
    assert match
    return match[1]


@pytest.mark.long
def test_what_an_account_is_refused_uses_up_nothing_of_its_network(alice: User) -> None:
    for _ in range(20):
        send("nobody@example.com")
    assert said(send(alice.email)) == WRONG


def test_five_wrong_passwords_from_one_network_make_it_wait_and_no_other(alice: User) -> None:
    for email in ("alice@example.com", "nobody@example.com"):
        assert [said(send(email)) for _ in range(6)] == [WRONG] * 5 + [WAIT]
        assert said(send(email, ip="198.51.100.9")) == WRONG
    assert said(send(alice.email, PASSWORD)) == WAIT
    assert said(send(alice.email, PASSWORD, ip="198.51.100.9")) == "/settings/"


def test_the_wait_is_five_minutes_from_the_first_try(alice: User) -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        for _ in range(5):
            send(alice.email)
        clock.shift(299)
        assert said(send(alice.email, PASSWORD)) == WAIT
        clock.shift(1)
        assert said(send(alice.email, PASSWORD)) == "/settings/"


def test_an_ipv6_subscriber_is_one_network_whatever_address_and_port_it_names(alice: User) -> None:
    pages = [
        said(
            Client().post(
                "/login/",
                {"login": alice.email, "password": "wrong"},
                REMOTE_ADDR=f"2001:db8::{n:x}",
                HTTP_HOST=f"localhost:{8000 + n}",
            )
        )
        for n in range(6)
    ]
    assert pages == [WRONG] * 5 + [WAIT]
    assert said(send(alice.email, ip="2001:db8:0:1::1")) == WRONG


@pytest.mark.matrix  # as many as there may be
def test_the_right_password_is_no_try_and_forgives_none(alice: User) -> None:
    for _ in range(7):
        assert said(send(alice.email, PASSWORD)) in IN
    for _ in range(4):
        send(alice.email)
    assert said(send(alice.email, PASSWORD)) == CODE
    assert [said(send(alice.email)) for _ in range(2)] == [WRONG, WAIT]


@pytest.mark.matrix  # what is rare
def test_signing_in_to_an_own_account_gives_no_more_tries_at_others(alice: User, bob: User) -> None:
    for n in range(10):
        assert said(send(f"user{n}@example.com")) == WRONG
        if n < 9:
            assert said(send(bob.email, PASSWORD)) in IN
    assert said(send(alice.email)) == WAIT


def test_the_count_is_in_the_database_and_outlives_the_cache(alice: User) -> None:
    for _ in range(5):
        send(alice.email)
    cache.clear()
    assert said(send(alice.email, PASSWORD)) == WAIT


@pytest.mark.long
def test_strangers_lock_out_no_known_browser_and_no_live_session(alice: User) -> None:
    known, session = sign_in(alice), signed_in(alice)
    known.post("/logout/")
    attack(alice.email)
    for _ in range(40):  # from the known browser's own network too
        send(alice.email)
    assert said(send(alice.email, PASSWORD, known)) == "/settings/"
    age_sign_in(session, 3600)
    sent = session.post("/reauthenticate/", {"password": PASSWORD, "next": "/settings/profile/"})
    assert sent["Location"] == "/settings/profile/"
    changed = session.post(
        "/settings/security/password/", {"oldpassword": PASSWORD, "password1": "another-horse"}
    )
    assert changed.status_code == 302


def test_a_known_browser_has_five_tries_of_its_own(alice: User) -> None:
    one, other = sign_in(alice), sign_in(alice)
    for browser in (one, other):
        browser.post("/logout/")
    assert [said(send(alice.email, browser=one)) for _ in range(6)] == [WRONG] * 5 + [WAIT]
    assert said(send(alice.email, PASSWORD, one)) == WAIT
    assert said(send(alice.email, PASSWORD, other)) == "/settings/"
    assert said(send(alice.email, PASSWORD)) == CODE


def test_a_browser_known_to_one_account_is_a_stranger_to_the_next(alice: User, bob: User) -> None:
    browser = sign_in(bob)
    browser.post("/logout/")
    use_up(alice.email)
    assert said(send(alice.email, PASSWORD, browser)) == SENT


@pytest.mark.matrix  # as many as there may be
def test_asking_again_in_a_session_has_tries_of_its_own(alice: User) -> None:
    one, other = signed_in(alice), signed_in(alice)
    pages = [one.post("/reauthenticate/", {"password": "wrong"}).content.decode() for _ in range(6)]
    assert ["Password is wrong" in page for page in pages] == [True] * 5 + [False]
    # The form that changes the password is no second way to guess it.
    page = one.post("/settings/security/password/", {"oldpassword": PASSWORD, "password1": "another-horse"})
    assert WAIT in page.content.decode()
    assert other.post("/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert said(send(alice.email, PASSWORD)) == CODE


@pytest.mark.long
def test_at_its_bound_an_account_takes_a_mailed_link_in_a_browser_not_known(alice: User) -> None:
    attack(alice.email, networks=10)
    mailbox()
    mail.outbox.clear()
    browser = Client()
    assert said(send(alice.email, PASSWORD, browser)) == SENT
    assert browser.get("/settings/").status_code == 302
    assert [(each.subject, each.to) for each in mailbox()] == [
        ("[Craft] Let your browser sign in", ["alice@example.com"])
    ]
    link = link_of_the_mail()
    for _ in range(2):  # a program that scans mail opens it as well
        assert "Let this browser sign in?" in Client().get(link).content.decode()
    assert browser.post(link)["Location"] == "/login/"
    assert "This browser may sign in now." in browser.get("/login/").content.decode()
    assert said(send(alice.email, PASSWORD, browser)) == "/settings/"
    assert said(send(alice.email, PASSWORD)) == SENT


@pytest.mark.long
def test_below_its_bound_an_account_takes_none(alice: User) -> None:
    attack(alice.email, networks=9)
    assert said(send(alice.email, PASSWORD)) == "/settings/"
    assert not mailbox()


@pytest.mark.long
def test_what_a_network_is_refused_does_not_bring_the_account_to_its_bound(alice: User) -> None:
    for n in range(2):
        for _ in range(28):
            send(alice.email, ip=f"203.0.113.{n}")
    assert said(send(alice.email, PASSWORD)) == "/settings/"


def test_at_the_bound_an_unknown_address_gets_the_same_page_and_no_mail(alice: User) -> None:
    pages = []
    for email in ("alice@example.com", "nobody@example.com"):
        use_up(email)
        mailbox()
        mail.outbox.clear()
        page = send(email)
        pages.append((page.status_code, TOKEN.sub("", page.content.decode())))
        assert len(mailbox()) == 0 or email == alice.email
    assert pages[0] == pages[1]
    assert SENT in pages[0][1]


def test_a_deactivated_account_gets_no_link(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    use_up(alice.email)
    assert said(send(alice.email, PASSWORD)) == SENT
    assert not mailbox()


def test_a_link_works_once(alice: User) -> None:
    link, first, second = make_link(alice), Client(), Client()
    assert first.post(link).status_code == 302
    for page in (second.get(link), second.post(link)):
        assert "This link does not work any more" in page.content.decode()
    assert "known_browser" not in second.cookies


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_uses_the_link(alice: User) -> None:
    for _ in range(3):
        link = make_link(alice)
        outcomes = at_once(*[lambda link=link: Client().post(link).status_code] * 4)
        assert sorted(map(str, outcomes)) == ["200", "200", "200", "302"]


def test_a_link_ends_after_an_hour_and_with_the_password_and_the_account(alice: User) -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        link = make_link(alice)
        clock.shift(3600)
        assert "Let this browser sign in?" in Client().get(link).content.decode()
        clock.shift(1)
        assert Client().post(link).status_code == 200
    link = make_link(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert Client().post(link).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=True)
    alice.set_password("another-horse")
    alice.save()
    assert Client().post(link).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "a:b:c", "%00", "%ff", "x" * 5000, "..", ".e30.1.x"])
def test_a_link_that_nobody_sent_is_no_crash(token: str) -> None:
    for method in ("get", "post"):
        page = getattr(Client(), method)(f"/login/link/{token}/")
        assert page.status_code == 200
        assert "This link does not work any more" in page.content.decode()


def test_a_link_takes_the_forms_token(alice: User) -> None:
    assert Client(enforce_csrf_checks=True).post(make_link(alice)).status_code == 403


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_passwords_sent_at_once_five_are_looked_at(alice: User) -> None:
    for ip in ("203.0.113.1", "203.0.113.2"):
        pages = at_once(*[lambda ip=ip: said(send(alice.email, ip=ip))] * 9)
        assert sorted(map(str, pages)) == [WRONG] * 5 + [WAIT] * 4
