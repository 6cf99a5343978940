import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from accounts.events import Event
from accounts.models import TrustedBrowser, TryCount, User
from tests.accounts.factors import code_of, give_app, recovery_codes_of
from tests.cases import cases
from tests.fixtures import PASSWORD, age_sign_in
from tests.mailbox import mailbox

STEP = "/login/second-step/"
RECOVERY = "/login/recovery-code/"


@pytest.fixture(autouse=True)
def app(alice: User) -> Authenticator:
    return give_app(alice)


@pytest.fixture
def still_clock() -> Iterator[None]:
    """No step of 30 seconds ends between a code and its look-up."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def begin(user: User, browser: Client | None = None) -> Client:
    """A browser in which the password was right."""
    browser = browser or Client()
    answer = browser.post("/login/?next=/settings/profile/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == STEP
    return browser


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    def run(job: Callable[[], Any]) -> Any:
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def is_in(browser: Client) -> bool:
    return browser.get("/settings/profile/").status_code == 200


def said(browser: Client, code: str, path: str = STEP) -> str:
    return browser.post(path, {"code": code}, follow=True).content.decode()


def test_the_password_alone_signs_in_nobody_not_even_to_the_api(alice: User) -> None:
    browser = begin(alice)
    assert not is_in(browser)
    assert browser.get("/v1/me").status_code == 401
    page = browser.get(STEP).content.decode()
    assert alice.email in page
    assert 'inputmode="numeric"' in page
    assert 'autocomplete="one-time-code"' in page


def test_a_code_signs_in_and_leads_on(alice: User) -> None:
    browser = begin(alice)
    code = code_of()
    answer = browser.post(STEP, {"code": f" {code[:3]}\u00a0{code[3:]} "})
    assert answer["Location"] == "/settings/profile/"
    assert is_in(browser)
    assert browser.get("/v1/me").status_code == 200


@pytest.mark.usefixtures("still_clock")
def test_no_code_works_twice_and_none_of_before_one_that_did(alice: User) -> None:
    said(begin(alice), code_of())
    for code in (code_of(), code_of(steps=-1)):
        again = begin(alice)
        assert "Code is wrong" in said(again, code)
        assert not is_in(again)
    later = begin(alice)
    said(later, code_of(steps=1))
    assert is_in(later)


@pytest.mark.usefixtures("still_clock")
@pytest.mark.long
def test_the_code_of_a_minute_before_is_refused(alice: User) -> None:
    assert "Code is wrong" in said(begin(alice), code_of(steps=-2))
    said(browser := begin(alice), code_of(steps=-1))  # typed slowly
    assert is_in(browser)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_one_code_sent_at_once_from_two_browsers_signs_in_one(alice: User, kind: str) -> None:
    path, code = (STEP, code_of()) if kind == "app" else (RECOVERY, recovery_codes_of(alice)[0])
    browsers = [begin(alice) for _ in range(3)]
    at_once(*(lambda browser=browser: browser.post(path, {"code": code}) for browser in browsers))
    assert [is_in(browser) for browser in browsers].count(True) == 1


@pytest.mark.matrix  # odd input
@cases("path", [STEP, RECOVERY])
@cases("code", ["", "1234567", "١٢٣٤٥٦", "12\x0034", "a" * 5000])
def test_what_is_no_code_is_told_so_and_is_no_try(alice: User, path: str, code: str) -> None:
    browser = begin(alice)
    answer = browser.post(path, {"code": code})
    assert (answer.status_code, 'class="field-error"' in answer.content.decode()) == (200, True)
    assert not TryCount.objects.filter(kind="second factor").exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_guesses_in_parallel_are_counted_and_lock_out_no_known_browser(alice: User) -> None:
    known = begin(alice)
    said(known, code_of())
    known.post("/logout/")
    strangers = [begin(alice) for _ in range(12)]
    pages = at_once(*(lambda one=one: said(one, "000000") for one in strangers))
    assert sum("Code is wrong" in page for page in pages) == 10
    assert sum("Too many wrong codes" in page for page in pages) == 2
    assert "Too many wrong codes" in said(strangers[0], recovery_codes_of(alice)[0], RECOVERY)
    said(begin(alice, known), code_of(steps=1))
    assert is_in(known)


def test_wrong_codes_are_in_the_security_log(alice: User) -> None:
    said(begin(alice), "000000")
    assert alice.activity.get(event=Event.LOGIN_FAILED).details == {"again": False, "what": "code"}


def test_a_recovery_code_signs_in_once_is_mailed_and_logged(alice: User) -> None:
    code, *others = recovery_codes_of(alice)
    said(begin(alice), "000000")
    browser = begin(alice)
    browser.post(RECOVERY, {"code": f"{code[:4]}-{code[4:]}"})
    assert is_in(browser)
    assert recovery_codes_of(alice) == others
    assert alice.activity.get(event=Event.RECOVERY_CODE_USED).details == {"left": 9}
    mail = mailbox()[-1]
    assert mail.subject == "[Craft] A recovery code was used"
    assert "9 are left" in mail.body
    assert code not in mail.body
    again = begin(alice)
    assert "This code was used before." in said(again, code, RECOVERY)
    assert not is_in(again)


def test_a_step_begun_in_one_browser_cannot_be_finished_in_another(alice: User) -> None:
    begin(alice)
    page = said(other := Client(), code_of())
    assert "This sign-in took too long, or began in another browser." in page
    assert not is_in(other)


@pytest.mark.matrix  # what is rare
@pytest.mark.parametrize("change", ["password", "deactivated", "deleted"])
def test_what_happens_to_the_account_between_the_steps_ends_the_sign_in(alice: User, change: str) -> None:
    browser = begin(alice)
    if change == "password":
        alice.set_password("another-horse-battery")
        alice.save()
    elif change == "deactivated":
        alice.is_active = False
        alice.save()
    else:
        alice.delete()
    assert "This sign-in took too long" in said(browser, code_of())
    assert not is_in(browser)


def test_the_session_has_another_key_after_the_second_step(alice: User) -> None:
    browser = begin(alice)
    before = browser.session.session_key
    said(browser, code_of())
    assert browser.session.session_key != before


def test_a_trusted_browser_skips_the_step_until_it_is_forgotten(alice: User) -> None:
    browser = begin(alice)
    assert 'name="trust">' in browser.get(STEP).content.decode()  # unticked
    browser.post(STEP, {"code": code_of(), "trust": "on"})
    assert alice.activity.filter(event=Event.BROWSER_TRUSTED).exists()
    browser.post("/logout/")
    browser.post("/login/", {"login": alice.email, "password": PASSWORD})
    assert is_in(browser)
    begin(alice)  # any other browser
    row = TrustedBrowser.objects.get()
    Client().post(f"/settings/security/trusted-browsers/{row.pk}/forget/")
    assert TrustedBrowser.objects.exists()
    browser.post(f"/settings/security/trusted-browsers/{row.pk}/forget/")
    browser.post("/logout/")
    begin(alice, browser)


@pytest.mark.matrix  # each of its ends
@cases("change", ["password", "codes", "month", "forged"])
def test_trust_ends_with_what_it_was_given_for(alice: User, change: str) -> None:
    browser = begin(alice)
    browser.post(STEP, {"code": code_of(), "trust": "on"})
    if change == "password":
        browser.post("/settings/security/password/", {"oldpassword": PASSWORD, "password1": PASSWORD})
    elif change == "codes":
        browser.post("/settings/security/recovery-codes/")
    elif change == "month":
        row = TrustedBrowser.objects.get()
        row.created_at = row.created_at.replace(year=row.created_at.year - 1)
        row.save()
    else:
        browser.cookies["trusted_browser"] = browser.cookies["trusted_browser"].value[:-2] + "xx"
    browser.post("/logout/")
    begin(alice, browser)


def test_a_code_confirms_who_is_signed_in(alice: User) -> None:
    browser = begin(alice)
    said(browser, code_of())
    age_sign_in(browser, 16 * 60)
    page = browser.get("/settings/security/recovery-codes/", follow=True).content.decode()
    assert "Use a code" in page
    assert "Code is wrong" in said(browser, "000000", "/reauthenticate/code/")
    code = recovery_codes_of(alice)[0]
    answer = browser.post(
        "/reauthenticate/code/", {"code": code, "next": "/settings/security/recovery-codes/"}
    )
    assert answer["Location"] == "/settings/security/recovery-codes/"
    assert browser.get(answer["Location"]).status_code == 200


def test_a_sign_in_whose_second_step_takes_too_long_begins_again(alice: User) -> None:
    browser = begin(alice)
    session = browser.session
    session["account_login"] = {**session["account_login"], "initiated_at": time.time() - 901}
    session.save()
    assert "This sign-in took too long" in said(browser, code_of())


def test_a_factor_removed_meanwhile_leads_back_to_the_password(alice: User) -> None:
    browser = begin(alice)
    Authenticator.objects.filter(user=alice).delete()
    assert browser.get(STEP)["Location"] == "/login/"
    assert "Enter your e-mail and password again." in browser.get("/login/").content.decode()
