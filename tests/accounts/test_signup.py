"""Creating an account, and that doing so tells nobody who has one."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, get_ident
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models.signals import pre_save
from django.test import Client

from accounts.events import Event
from accounts.models import Activity, User
from tests.apikeys.test_races import at_once
from tests.cases import cases
from tests.fixtures import PASSWORD
from tests.mailbox import mailbox

TOKEN = re.compile(r'value="\w{64}"')
FORM = {"name": "Ada Lovelace", "email": "ada@example.com", "password1": PASSWORD}
pytestmark = [pytest.mark.database, pytest.mark.django_db]


def sign_up(browser: Client, **fields: str) -> Any:
    return browser.post("/signup/", FORM | fields)


def mailed_code() -> str:
    match = re.search(r"^ {4}(\S+)$", str(mailbox()[-1].body), re.MULTILINE)
    assert match
    return match[1]


def test_the_page_asks_for_name_email_and_one_password() -> None:
    page = Client().get("/signup/").content.decode()
    assert re.findall(r'<input type="(?:text|email|password)" name="(\w+)"', page) == [
        "name",
        "email",
        "password1",
    ]
    assert 'autocomplete="new-password"' in page


def test_the_code_of_the_mail_signs_in_and_the_log_tells_the_story() -> None:
    browser = Client()
    assert sign_up(browser)["Location"] == "/confirm-email/"
    assert "ada@example.com" in browser.get("/confirm-email/").content.decode()
    assert (
        browser.post("/confirm-email/", {"code": mailed_code(), "action": "verify"})["Location"]
        == "/settings/"
    )
    ada = User.objects.get(email="ada@example.com")
    assert ada.name == "Ada Lovelace"
    assert list(ada.activity.order_by("id").values_list("event", flat=True)) == [Event.SIGNUP, Event.LOGIN]
    assert browser.get("/settings/profile/").status_code == 200


def test_the_code_counts_as_a_recent_authentication() -> None:
    browser = Client()
    sign_up(browser)
    browser.post("/confirm-email/", {"code": mailed_code(), "action": "verify"})
    assert [each["method"] for each in browser.session["account_authentication_methods"]] == ["code"]


def test_next_survives_until_the_code_is_entered() -> None:
    browser = Client()
    sign_up(browser, next="/settings/activity/")
    sent = browser.post("/confirm-email/", {"code": mailed_code(), "action": "verify"})
    assert sent["Location"] == "/settings/activity/"


def test_without_the_code_nobody_gets_in() -> None:
    browser = Client()
    sign_up(browser)
    page = browser.post("/confirm-email/", {"code": "WRONG", "action": "verify"})
    assert "Code is wrong. Type the newest one we sent you." in page.content.decode()
    assert browser.get("/settings/profile/").status_code == 302
    browser.post("/confirm-email/", {"code": "WRONG"})
    assert browser.post("/confirm-email/", {"code": "WRONG"})["Location"] == "/login/"
    assert "Too many wrong codes." in browser.get("/login/").content.decode()
    assert browser.post("/confirm-email/", {"code": mailed_code()})["Location"] == "/login/"


def test_starting_again_leads_to_an_empty_form() -> None:
    browser = Client()
    sign_up(browser)
    assert browser.get("/signup/")["Location"] == "/confirm-email/"
    assert browser.post("/logout/", {"next": "/signup/"})["Location"] == "/signup/"
    assert browser.get("/signup/").status_code == 200


def test_the_same_address_again_leads_to_the_code_and_another_browser_gets_one_of_its_own() -> None:
    browser = Client()
    for each in (browser, browser, Client()):
        assert sign_up(each)["Location"] == "/confirm-email/"
    assert len(mailbox()) == 2


@pytest.mark.matrix  # as many as there may be
def test_too_many_from_a_network_are_told_so_in_the_form_which_keeps_what_was_typed() -> None:
    for _ in range(20):
        assert sign_up(Client(), email="").status_code == 200
    refused = sign_up(Client())
    page = refused.content.decode()
    assert (refused.status_code, "<title>Error: Create an account" in page) == (429, True)
    assert "Too many sign-ups from your network. Nothing was changed." in page
    assert 'value="ada@example.com"' in page
    assert PASSWORD not in page
    assert not User.objects.exists()


def test_an_address_with_an_account_gets_the_same_answer_and_a_mail(alice: User) -> None:
    fresh, taken = Client(), Client()
    first, second = sign_up(fresh), sign_up(taken, email="ALICE@example.com")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [TOKEN.sub("", each.get("/confirm-email/").content.decode()) for each in (fresh, taken)]
    assert pages[0] == pages[1].replace("alice@example.com", "ada@example.com")
    wrong = [each.post("/confirm-email/", {"code": "WRONG"}).status_code for each in (fresh, taken)]
    assert wrong == [200, 200]
    assert mailbox()[1].subject == "[Craft] You have an account already"
    assert User.objects.filter(email="alice@example.com").count() == 1
    assert not Activity.objects.filter(user=alice, event=Event.LOGIN_FAILED).exists()


def test_an_address_taken_between_check_and_insert_gets_the_same_answer() -> None:
    def take_address(**_: object) -> None:
        """Be the other one who signs up with this address, a moment earlier."""
        User.objects.bulk_create([User(email="ada@example.com")])

    pre_save.connect(take_address, sender=User)
    try:
        assert sign_up(Client())["Location"] == "/confirm-email/"
    finally:
        pre_save.disconnect(take_address, sender=User)
    assert mailbox()[-1].subject == "[Craft] You have an account already"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_sign_ups_at_once_one_makes_the_account() -> None:
    for n in range(5):
        gate = Barrier(2)

        def hurry(email: str, gate: Barrier = gate) -> int:
            browser = Client(REMOTE_ADDR=f"203.0.113.{get_ident() % 250}")
            gate.wait()
            try:
                return int(sign_up(browser, email=email).status_code)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            statuses = list(pool.map(hurry, [f"ada{n}@example.com"] * 2))
        assert statuses == [302, 302]
        assert User.objects.filter(email=f"ada{n}@example.com").count() == 1


@pytest.mark.matrix
@cases(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Name is empty. Enter at least one character."),
        ({"name": "  \u200d "}, "Name is empty. Enter at least one character."),
        ({"name": "x" * 101}, "Name has 101 characters. Use at most 100."),
        ({"name": "Ada\u202eadA"}, "Name holds a control or invisible character."),
        ({"name": "Ada\x00"}, "Null characters are not allowed."),
        ({"email": "nonsense"}, "This is no e-mail address."),
        ({"email": ""}, "E-mail is empty."),
        ({"email": '"\x01"@example.com'}, "This is no e-mail address."),
        ({"email": f"ada@{'x' * 63}.{'x' * 63}.{'x' * 63}.{'x' * 63}.com"}, "E-mail is too long."),
        ({"email": "ada\x00@example.com"}, "Null characters are not allowed."),
        ({"password1": "short"}, "Password is shorter than 12 characters."),
        ({"password1": "ada-lovelace"}, "Password is too much like your name or e-mail."),
        ({"password1": ""}, "Password is empty."),
        ({"password1": "correct-horse\x00battery"}, "Null characters are not allowed."),
    ],
)
def test_bad_input_is_refused_in_words_and_nothing_is_lost(fields: dict[str, str], sentence: str) -> None:
    page = sign_up(Client(), **fields)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    for kept in {"name", "email"} - fields.keys():
        assert f'value="{FORM[kept]}"' in page.content.decode()
    assert not User.objects.exists()
    assert not mailbox()


def test_bytes_that_are_no_text_are_no_crash() -> None:
    body = b"name=%ED%A0%80&email=ada%40example.com&password1=correct-horse-%FF-battery"
    page = Client().post("/signup/", body, content_type="application/x-www-form-urlencoded")
    assert page.status_code in (200, 302)


@pytest.mark.matrix  # as many as there may be
def test_strangers_cause_five_mails_an_hour_of_a_kind_and_the_page_looks_the_same(alice: User) -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        for _ in range(7):
            assert sign_up(Client(), email="alice@example.com")["Location"] == "/confirm-email/"
        assert [each.subject for each in mailbox()] == ["[Craft] You have an account already"] * 5
        assert Client().post("/password/reset/", {"email": alice.email}).status_code == 302
        assert len(mailbox()) == 6  # another kind
        sign_up(Client())
        assert len(mailbox()) == 7  # another address
        clock.shift(3600)
        sign_up(Client(), email="alice@example.com")
        assert len(mailbox()) == 8


def test_codes_are_mailed_five_times_an_hour() -> None:
    sign_up(Client())
    for _ in range(6):
        page = Client().post("/login/", {"login": FORM["email"], "password": PASSWORD})
        assert page["Location"] == "/confirm-email/"
    assert len(mailbox()) == 5


def test_the_right_password_right_after_the_sign_up_leads_to_a_new_code() -> None:
    sign_up(Client())
    browser = Client()
    sent = browser.post("/login/", {"login": FORM["email"], "password": PASSWORD})
    assert sent["Location"] == "/confirm-email/"
    assert len(mailbox()) == 2
    assert browser.post("/confirm-email/", {"code": mailed_code()})["Location"] == "/settings/"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_codes_sent_at_once_three_are_looked_at() -> None:
    browser = Client()
    sign_up(browser)
    code = mailed_code()

    def guess() -> int:
        copy = Client()
        copy.cookies.update(browser.cookies)
        return int(copy.post("/confirm-email/", {"code": "WRONG"}).status_code)

    assert sorted(map(str, at_once(*[guess] * 8))).count("200") <= 3
    assert browser.post("/confirm-email/", {"code": code})["Location"] == "/login/"
    assert browser.get("/settings/").status_code == 302


def test_a_new_code_gives_no_new_tries() -> None:
    browser = Client()
    sign_up(browser)
    for _ in range(2):
        browser.post("/confirm-email/", {"code": "WRONG"})
    browser.post("/confirm-email/", {"action": "resend"})
    assert browser.post("/confirm-email/", {"code": "WRONG"})["Location"] == "/login/"
    assert browser.post("/confirm-email/", {"code": mailed_code()})["Location"] == "/login/"


def test_who_is_signed_in_is_led_past_the_page(alice_browser: Client) -> None:
    assert alice_browser.get("/signup/")["Location"] == "/settings/"
    assert alice_browser.get("/confirm-email/")["Location"] == "/email/"
    assert alice_browser.get("/email/")["Location"] == "/settings/security/email/"
