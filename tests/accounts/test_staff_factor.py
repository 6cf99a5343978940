"""Staff enter the admin with a second factor alone, and the first one they add takes a code by mail."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from accounts.services import change_staff_rights
from tests.accounts.factors import code_of, give_app
from tests.fixtures import PASSWORD, sign_in, signed_in
from tests.mailbox import mailbox

USERS = "/admin/accounts/user/"
APP = "/settings/security/authenticator/"
CONFIRM = "/settings/security/confirm-staff/"


def newest_code() -> str:
    found = re.search(r"^ {4}(\S+)$", str(mailbox()[-1].body), re.MULTILINE)
    assert found
    return found[1]


def test_staff_without_a_factor_are_led_to_set_it_up_by_a_mailed_code_and_back(sam: User) -> None:
    browser = sign_in(sam)
    page = browser.get(USERS, follow=True)
    assert [step for step, _ in page.redirect_chain] == [APP, CONFIRM]
    assert "Staff need a second factor to enter the admin." in page.content.decode()
    assert browser.post(APP, {"code": "000000"})["Location"] == CONFIRM
    assert "Code is wrong" in browser.post(CONFIRM, {"code": "BCDF-GHJK"}).content.decode()
    code = newest_code()
    assert code not in str(browser.session.items())
    assert browser.post(CONFIRM, {"code": code.lower()})["Location"] == APP
    found = re.search(r'id="app-secret">([A-Z2-7 ]+)<', browser.get(APP).content.decode())
    assert found
    page = browser.post(APP, {"code": code_of(found[1].replace(" ", ""))})
    assert f'href="{USERS}">I have kept them' in page.content.decode()
    assert browser.get(USERS).status_code == 200


def test_the_mailed_code_works_in_one_session_once_and_three_tries(sam: User) -> None:
    browser, other = sign_in(sam), signed_in(sam)
    Authenticator.objects.all().delete()
    browser.get(CONFIRM)
    code = newest_code()
    other.get(CONFIRM)
    assert "Code is wrong" in other.post(CONFIRM, {"code": code}).content.decode()
    for _ in range(3):
        browser.post(CONFIRM, {"code": "BCDF-GHJK"})
    assert "Code is wrong" in browser.post(CONFIRM, {"code": code}).content.decode()
    browser.post(CONFIRM, {"mail": "again"})
    assert newest_code() != code
    assert browser.post(CONFIRM, {"code": newest_code()}).status_code == 302
    for _ in range(4):
        page = browser.post(CONFIRM, {"mail": "again"})
    assert "five codes within an hour" in page.content.decode()


def test_a_session_from_before_the_factor_has_to_use_it(sam: User) -> None:
    browser = sign_in(sam)
    give_app(sam)
    page = browser.get(USERS, follow=True)
    assert page.redirect_chain[-1][0] == "/reauthenticate/code/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    assert "The admin takes your second factor." in page.content.decode()
    answer = browser.post("/reauthenticate/code/", {"code": code_of(), "next": USERS})
    assert answer["Location"] == USERS
    assert browser.get(USERS).status_code == 200


def test_what_was_sent_without_the_factor_changes_nothing_and_is_kept(sam: User, alice: User) -> None:
    browser = sign_in(sam)
    give_app(sam)
    path = f"{USERS}{alice.pk}/change/"
    answer = browser.post(path, {"name": "Mallory", "plan": "internal", "is_active": "on"})
    assert answer["Location"].startswith("/reauthenticate/code/")
    alice.refresh_from_db()
    assert alice.plan == "free"
    browser.post("/reauthenticate/code/", {"code": code_of(), "next": path})
    assert "Mallory" in browser.get(path).content.decode()


def test_a_trusted_browser_opens_the_site_and_not_the_admin(sam: User) -> None:
    give_app(sam)
    browser = Client()
    browser.post("/login/", {"login": sam.email, "password": PASSWORD})
    browser.post("/login/second-step/", {"code": code_of(), "trust": "on"})
    assert browser.get(USERS).status_code == 200
    browser.post("/logout/")
    browser.post("/login/", {"login": sam.email, "password": PASSWORD})
    assert browser.get("/settings/").status_code == 200
    assert browser.get(USERS)["Location"].startswith("/reauthenticate/code/")


def test_staff_keep_their_last_factor_until_they_are_none(sam: User, sam_browser: Client) -> None:
    remove = "/settings/security/authenticator/remove/"
    page = sam_browser.post(remove, follow=True).content.decode()
    assert "staff need a second factor" in page
    assert Authenticator.objects.filter(user=sam, type="totp").exists()
    change_staff_rights(sam, everything=False)
    sam_browser.post(remove)
    assert not Authenticator.objects.filter(user=sam).exists()


@pytest.mark.matrix  # each other kind of account
@pytest.mark.parametrize("path", [APP, "/settings/security/passkeys/add/"])
def test_only_staff_need_the_mailed_code(sam: User, alice_browser: Client, path: str) -> None:
    assert alice_browser.get(path).status_code == 200
    assert sign_in(sam).get(path)["Location"] == CONFIRM
