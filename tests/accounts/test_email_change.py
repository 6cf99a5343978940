"""Another e-mail address: by a code that is mailed there, and nobody learns who has an account."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.events import Event
from accounts.models import User
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in, signed_in
from tests.mailbox import mailbox

EDIT, CONFIRM = "/settings/security/email/", "/settings/security/email/code/"
NEW = "new@example.com"
WRONG = "Code is wrong. Type the newest one we sent you."
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
pytestmark = pytest.mark.django_db


def begin(browser: Client, email: str = NEW) -> None:
    answer = browser.post(EDIT, {"email": email})
    assert (answer.status_code, answer["Location"]) == (302, CONFIRM)


def mailed_code() -> str:
    found = re.search(r"^ {4}(\S+)$", str(mailbox()[-1].body), re.MULTILINE)
    assert found
    return found[1]


def test_the_code_changes_the_address_and_the_old_one_is_told(alice: User, alice_browser: Client) -> None:
    begin(alice_browser, " New@Example.com ")
    assert mailbox()[-1].to == [NEW]
    page = alice_browser.post(CONFIRM, {"code": mailed_code(), "action": "verify"}, follow=True)
    assert "E-mail address changed." in page.content.decode()
    alice.refresh_from_db()
    assert alice.email == NEW
    assert list(EmailAddress.objects.filter(user=alice).values_list("email", "verified", "primary")) == [
        (NEW, True, True)
    ]
    told = mailbox()[-1]
    assert (told.to, told.subject) == (["alice@example.com"], "[Craft] Your e-mail address was changed")
    line = alice.activity.latest("id")
    assert line.event == Event.EMAIL_CHANGED
    assert line.details["changed"] == {"e-mail": ["alice@example.com", NEW]}
    assert alice_browser.get("/settings/").status_code == 200
    for email, status in (("alice@example.com", 200), (NEW, 302)):
        assert Client().post("/login/", {"login": email, "password": PASSWORD}).status_code == status


def test_a_taken_address_gets_the_same_page_and_its_owner_is_told(bob: User, alice_browser: Client) -> None:
    pages, counts = [], []
    for email in (NEW, bob.email):
        with CaptureQueriesContext(connection) as queries:
            begin(alice_browser, email)
        counts.append(len(queries))
        page = TOKEN.sub("", alice_browser.get(CONFIRM).content.decode())
        pages.append(page.replace(email, "the address"))
        mailbox()
    assert pages[0] == pages[1]
    assert counts[0] == counts[1]
    told = mailbox()[-1]
    assert told.to == [bob.email]
    assert "It has an account already, so nothing was changed" in " ".join(str(told.body).split())
    assert not re.search(r"^ {4}\S+$", str(told.body), re.MULTILINE)
    for _ in range(2):
        assert WRONG in alice_browser.post(CONFIRM, {"code": "BBBB-BBBB"}).content.decode()


def test_an_address_that_is_taken_meanwhile_changes_nothing(alice: User, alice_browser: Client) -> None:
    begin(alice_browser)
    code = mailed_code()
    User.objects.create(email=NEW)
    page = alice_browser.post(CONFIRM, {"code": code}, follow=True)
    assert "This address cannot be used." in page.content.decode()
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"
    assert EmailAddress.objects.get(user=alice, primary=True).email == "alice@example.com"
    assert not alice.activity.filter(event=Event.EMAIL_CHANGED).exists()


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@Example.com"])
def test_ones_own_address_is_no_change(alice_browser: Client, email: str) -> None:
    assert "This is your e-mail already." in alice_browser.post(EDIT, {"email": email}).content.decode()
    assert not mailbox()


@cases("email", ["", "x", "a@b", "a\x00@example.com", "x" * 300 + "@example.com", "é@é.é"])
def test_a_bad_address_is_refused_in_words(alice_browser: Client, email: str) -> None:
    page = alice_browser.post(EDIT, {"email": email})
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.content.decode()
    assert not mailbox()


def test_it_takes_a_recent_sign_in_at_both_steps(alice: User, alice_browser: Client) -> None:
    begin(alice_browser)
    code = mailed_code()
    age_sign_in(alice_browser, 16 * 60)
    for path, sent in ((EDIT, {"email": NEW}), (CONFIRM, {"code": code})):
        asked = alice_browser.post(path, sent)["Location"]
        assert unquote(asked) == f"/reauthenticate/?next={path}"
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_signed_out_leads_to_sign_in() -> None:
    for path in (EDIT, CONFIRM):
        assert Client().post(path)["Location"] == f"/login/?next={path}"


def test_without_a_change_under_way_the_code_page_leads_to_its_beginning(alice_browser: Client) -> None:
    assert alice_browser.get(CONFIRM)["Location"] == EDIT


def test_three_wrong_codes_end_it(alice: User, alice_browser: Client) -> None:
    begin(alice_browser)
    code = mailed_code()
    for _ in range(3):
        assert WRONG in alice_browser.post(CONFIRM, {"code": "BBBB-BBBB"}).content.decode()
    ended = alice_browser.post(CONFIRM, {"code": code}, follow=True)
    assert "This code does not work any more." in ended.content.decode()
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_codes_guessed_at_once_three_are_looked_at(alice: User) -> None:
    browser = signed_in(alice)
    begin(browser)

    def guess(_: int) -> bool:
        one = Client()
        one.cookies["sessionid"] = browser.cookies["sessionid"].value
        seen = WRONG in one.post(CONFIRM, {"code": "BBBB-BBBB"}).content.decode()
        connection.close()
        return seen

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(guess, range(6))).count(True) <= 3


def test_a_new_code_can_be_asked_for(alice: User, alice_browser: Client) -> None:
    begin(alice_browser)
    old = mailed_code()
    assert alice_browser.post(CONFIRM, {"action": "resend"}).status_code == 200
    assert mailed_code() != old
    assert WRONG in alice_browser.post(CONFIRM, {"code": old}).content.decode()
    alice_browser.post(CONFIRM, {"code": mailed_code()})
    alice.refresh_from_db()
    assert alice.email == NEW


def test_what_was_mailed_to_the_old_address_is_dead(alice: User, alice_browser: Client) -> None:
    Client().post("/password/reset/", {"email": alice.email})
    link = re.search(r"http://localhost:8000(/password/reset/key/\S+)", str(mailbox()[-1].body))
    assert link
    begin(alice_browser)
    alice_browser.post(CONFIRM, {"code": mailed_code()})
    assert "This link does not work any more" in Client().get(link[1]).content.decode()


@pytest.mark.matrix  # as many as there may be
def test_a_person_asks_for_ten_codes_an_hour_whichever_the_address(alice_browser: Client) -> None:
    for n in range(10):
        begin(alice_browser, f"new{n}@example.com")
    page = alice_browser.post(EDIT, {"email": NEW}).content.decode()
    assert "Too many codes were asked for." in page
    assert len(mailbox()) == 10


def test_the_session_holds_no_code_in_clear(alice_browser: Client) -> None:
    begin(alice_browser)
    code = mailed_code()
    held = " ".join(str(session.get_decoded()) for session in Session.objects.all())
    assert "email_change" in held
    assert code not in held


def test_allauths_address_for_it_leads_there(alice_browser: Client) -> None:
    assert alice_browser.get("/email/")["Location"] == EDIT
