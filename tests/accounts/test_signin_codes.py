"""The right password in a browser that the account does not know: nothing without the code by mail."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.events import Event
from accounts.models import User
from accounts.services import end_all_sessions, switch_account
from accounts.signin.adapter import CODE_ENDED
from accounts.signin.sealed_codes import unseal
from accounts.web.client import NOBODY
from tests.accounts.factors import give_app
from tests.cases import cases
from tests.fixtures import PASSWORD, sign_in
from tests.mailbox import mailbox

CODE = "/login/code/"
WRONG = "Code is wrong. Type the newest one we sent you."
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(alice: User) -> User:
    """An account in use: somebody signed in to it before, in another browser."""
    User.objects.filter(pk=alice.pk).update(last_login=timezone.now())
    return alice


def begin(user: User, browser: Client | None = None, **fields: str) -> Client:
    """A browser not known before, in which the right password was typed."""
    browser = browser or Client()
    answer = browser.post("/login/", {"login": user.email, "password": PASSWORD, **fields})
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    return browser


def mailed_code() -> str:
    found = re.search(r"^ {4}(\S+)$", str(mailbox()[-1].body), re.MULTILINE)
    assert found
    return found[1]


def is_in(browser: Client) -> bool:
    return browser.get("/settings/profile/").status_code == 200


def test_the_right_password_alone_gets_nowhere(ada: User) -> None:
    browser = begin(ada)
    for path in ("/settings/", "/settings/api-keys/", "/reauthenticate/", "/admin/"):
        assert browser.get(path).status_code == 302
    assert browser.get("/v1/me").status_code == 401
    assert not ada.activity.filter(event=Event.LOGIN).exists()
    assert "known_browser" not in browser.cookies


def test_the_code_signs_in_and_makes_the_browser_known(ada: User) -> None:
    browser = begin(ada, next="/settings/profile/")
    assert mailbox()[-1].to == [ada.email]
    assert "signed in to your account alice@example.com with the right password" in " ".join(
        str(mailbox()[-1].body).split()
    )
    answer = browser.post(CODE, {"code": mailed_code(), "action": "verify"})
    assert (answer.status_code, answer["Location"]) == (302, "/settings/profile/")
    browser.post("/logout/")
    again = browser.post("/login/", {"login": ada.email, "password": PASSWORD})
    assert again["Location"] == "/settings/"


@pytest.mark.matrix  # odd input
@pytest.mark.parametrize("write", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\t"])
def test_a_code_may_be_pasted_with_spaces_dashes_and_in_any_case(ada: User, write: Any) -> None:
    browser = begin(ada)
    browser.post(CODE, {"code": write(mailed_code())})
    assert is_in(browser)


def test_the_first_browser_of_all_needs_no_code(alice: User) -> None:
    answer = Client().post("/login/", {"login": alice.email, "password": PASSWORD})
    assert answer["Location"] == "/settings/"
    assert not mailbox()
    begin(alice)


def test_an_account_that_a_stranger_signed_up_gives_nobody_a_first_browser() -> None:
    sent = {"name": "Ada", "email": "ada@example.com", "password1": PASSWORD}
    Client().post("/signup/", sent)
    browser = Client()
    answer = browser.post("/login/", {"login": "ada@example.com", "password": PASSWORD})
    assert answer["Location"] == "/confirm-email/"
    assert not is_in(browser)


def test_a_reset_makes_its_browser_known_and_no_other(ada: User) -> None:
    browser = Client()
    browser.post("/password/reset/", {"email": ada.email})
    link = re.search(r"http://localhost:8000(/password/reset/key/\S+)", str(mailbox()[-1].body))
    assert link
    browser.post(browser.get(link[1])["Location"], {"password1": "another-horse-entirely"})
    new = {"login": ada.email, "password": "another-horse-entirely"}
    assert browser.post("/login/", new)["Location"] == "/settings/"
    assert Client().post("/login/", new)["Location"] == CODE


def test_signing_out_everywhere_forgets_the_browsers_too(alice: User) -> None:
    browser = sign_in(alice)
    end_all_sessions(alice, NOBODY)
    begin(alice, browser)


def test_three_wrong_codes_end_it_and_the_right_one_comes_too_late(ada: User) -> None:
    browser = begin(ada)
    code = mailed_code()
    for _ in range(2):
        assert WRONG in browser.post(CODE, {"code": "BBBB-BBBB"}).content.decode()
    ended = browser.post(CODE, {"code": "BBBB-BBBB"}, follow=True)
    assert ended.request["PATH_INFO"] == "/login/"
    browser.post(CODE, {"code": code})
    assert not is_in(browser)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_codes_guessed_at_once_three_are_looked_at(ada: User) -> None:
    browser = begin(ada)

    def guess(_: int) -> bool:
        one = Client()
        one.cookies["sessionid"] = browser.cookies["sessionid"].value
        was_looked_at = WRONG in one.post(CODE, {"code": "BBBB-BBBB"}).content.decode()
        connection.close()
        return was_looked_at

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(guess, range(8))).count(True) <= 3


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_one_code_sent_twice_at_once_one_signs_in(ada: User) -> None:
    browser, code = begin(ada), mailed_code()

    def enter(_: int) -> bool:
        one = Client()
        one.cookies["sessionid"] = browser.cookies["sessionid"].value
        one.post(CODE, {"code": code})
        entered = is_in(one)
        connection.close()
        return entered

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(enter, range(3))) == [False, False, True]


def test_a_code_works_for_fifteen_minutes(ada: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = begin(ada)
        code = mailed_code()
        clock.shift(timedelta(minutes=15, seconds=1))
        assert browser.post(CODE, {"code": code})["Location"] == "/login/"
        assert not is_in(browser)


def test_a_code_works_in_the_session_alone_that_asked_for_it(ada: User) -> None:
    one, code = begin(ada), mailed_code()
    other = begin(ada)
    assert mailed_code() != code
    assert WRONG in other.post(CODE, {"code": code}).content.decode()
    assert Client().post(CODE, {"code": code})["Location"] == "/login/"
    one.post(CODE, {"code": code})
    assert is_in(one)


def test_a_code_is_worth_nothing_once_its_session_signed_out(ada: User) -> None:
    browser = begin(ada)
    browser.post("/logout/")
    assert browser.post(CODE, {"code": mailed_code()})["Location"] == "/login/"
    assert not is_in(browser)


def change_password(user: User) -> None:
    user.set_password("another-horse-entirely")
    user.save()


def change_email(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="new@example.com")


@cases(
    "end",
    [
        change_password,
        change_email,
        lambda user: end_all_sessions(user, NOBODY),
        lambda user: switch_account(user, active=False),
    ],
)
def test_what_ended_meanwhile_ends_the_sign_in_too(ada: User, end: Any) -> None:
    browser, code = begin(ada), mailed_code()
    end(ada)
    page = browser.post(CODE, {"code": code}, follow=True)
    assert CODE_ENDED.split(".")[0] in page.content.decode()
    assert not is_in(browser)


def test_a_new_code_can_be_asked_for_and_the_one_before_is_dead(ada: User) -> None:
    browser = begin(ada)
    old = mailed_code()
    browser.post(CODE, {"action": "resend"})
    assert mailed_code() != old
    assert WRONG in browser.post(CODE, {"code": old}).content.decode()
    browser.post(CODE, {"code": mailed_code()})
    assert is_in(browser)


@pytest.mark.matrix  # as many as there may be
def test_an_address_gets_five_codes_an_hour(ada: User) -> None:
    for _ in range(7):
        begin(ada)
    assert len(mailbox()) == 5


def test_the_session_gets_another_key_at_each_step(ada: User) -> None:
    browser = Client()
    browser.get("/oauth/authorize")
    session = browser.session
    session["planted"] = True
    session.save()
    keys = [session.session_key]
    browser.cookies["sessionid"] = str(keys[0])
    begin(ada, browser)
    keys.append(browser.cookies["sessionid"].value)
    browser.post(CODE, {"code": mailed_code()})
    keys.append(browser.cookies["sessionid"].value)
    assert len(set(keys)) == 3
    assert not Session.objects.filter(session_key__in=keys[:2]).exists()


def test_no_session_holds_a_code_in_clear(ada: User) -> None:
    begin(ada)
    Client().post("/signup/", {"name": "Bea", "email": "bea@example.com", "password1": PASSWORD})
    codes = [re.search(r"^ {4}(\S+)$", str(each.body), re.MULTILINE) for each in mailbox()]
    assert len(codes) == 2
    held = " ".join(str(session.get_decoded()) for session in Session.objects.all())
    assert "login_by_code" in held
    assert not any(code is None or code[1] in held for code in codes)


def test_the_page_says_where_a_printed_code_stands(ada: User, settings: Settings) -> None:
    browser = begin(ada)
    assert "output" not in browser.get(CODE).content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "the code stands in the server's output" in browser.get(CODE).content.decode()


def test_an_address_that_was_never_verified_takes_the_code_that_verifies_it(ada: User) -> None:
    EmailAddress.objects.filter(user=ada).update(verified=False)
    answer = Client().post("/login/", {"login": ada.email, "password": PASSWORD})
    assert answer["Location"] == "/confirm-email/"


def test_whoever_has_a_second_factor_is_asked_for_that_instead(ada: User) -> None:
    give_app(ada)
    browser = Client()
    answer = browser.post("/login/", {"login": ada.email, "password": PASSWORD})
    assert answer["Location"] == "/login/second-step/"
    assert not mailbox()
    assert not is_in(browser)


@pytest.mark.matrix  # odd input
@cases("code", ["", " ", "\x00", "é" * 8, "x" * 5000, "-"])
def test_an_odd_code_is_no_crash(ada: User, code: str) -> None:
    assert begin(ada).post(CODE, {"code": code}).status_code == 200


@pytest.mark.matrix  # as many as there may be
def test_more_codes_than_are_mailed_are_not_looked_at_however_many_sign_ins_begin(ada: User) -> None:
    for _ in range(5):  # mails within an hour
        browser = begin(ada)
        for _ in range(3):
            browser.post(CODE, {"code": "BBBB-BBBB", "action": "verify"})
    sixth = begin(ada)
    (row,) = Session.objects.filter(pk=sixth.cookies["sessionid"].value)
    code = unseal(row.get_decoded()["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"])
    answer = sixth.post(CODE, {"code": code, "action": "verify"})
    assert answer["Location"] == "/login/"
    assert not is_in(sixth)
