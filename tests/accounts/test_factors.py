"""Account Settings → Security: authenticator app and recovery codes."""

import base64
import html
import re
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts.events import Event
from accounts.models import QueuedMail, TrustedBrowser, User
from accounts.signin.factors.rules import codes_left, has_second_factor
from tests.accounts.factors import code_of, give_app, recovery_codes_of
from tests.fixtures import PASSWORD, age_sign_in, signed_in
from tests.mailbox import mailbox

APP = "/settings/security/authenticator/"
REMOVE = "/settings/security/authenticator/remove/"
CODES = "/settings/security/recovery-codes/"


def secret_on(page: str) -> str:
    found = re.search(r'id="app-secret">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    return re.findall(r"<code>(\d{4} \d{4})</code>", page)


def set_up(browser: Client) -> tuple[str, str]:
    """Set an app up: its secret, and the page that follows."""
    secret = secret_on(browser.get(APP).content.decode())
    return secret, browser.post(APP, {"code": code_of(secret)}).content.decode()


def test_an_app_is_set_up_with_its_first_code_and_recovery_codes_are_shown_once(
    alice: User, alice_browser: Client
) -> None:
    assert "No authenticator app yet" in alice_browser.get("/settings/security/").content.decode()
    page = alice_browser.get(APP).content.decode()
    secret = secret_on(page)
    assert "data:image/svg+xml;base64," in page
    assert f"otpauth://totp/alice%40example.com?secret={secret}&issuer=Craft" in html.unescape(page)
    page = alice_browser.post(APP, {"code": "000000"}).content.decode()
    assert "Code is wrong" in page
    assert secret_on(page) == secret
    answer = alice_browser.post(APP, {"code": code_of(secret)})
    assert "no-store" in answer["Cache-Control"]
    shown = codes_on(answer.content.decode())
    assert [code.replace(" ", "") for code in shown] == recovery_codes_of(alice)
    assert len(shown) == 10
    file = re.search(r'href="data:text/plain;base64,([^"]+)"\s+download', answer.content.decode())
    assert file
    assert all(code in base64.b64decode(file[1]).decode() for code in shown)
    for path in (APP, CODES, "/settings/security/"):
        assert not codes_on(alice_browser.get(path, follow=True).content.decode())
    assert "10 of 10 left" in alice_browser.get("/settings/security/").content.decode()
    assert alice.activity.get(event=Event.FACTOR_ADDED).details == {"kind": "authenticator app"}
    assert alice.activity.filter(event=Event.RECOVERY_CODES_CREATED).count() == 1
    assert [mail.subject for mail in mailbox()] == ["[Craft] An authenticator app was added"]
    assert "http://localhost:8000/settings/revoke-everything/" in mailbox()[0].body


def test_no_secret_and_no_recovery_code_is_anywhere_in_clear(alice: User, alice_browser: Client) -> None:
    pending = signed_in(alice)
    never_used = secret_on(pending.get(APP).content.decode())
    secret, page = set_up(alice_browser)
    codes = [code.replace(" ", "") for code in codes_on(page)]
    alice_browser.post(CODES)
    told = "".join(str(mail.message()) for mail in mailbox())
    kept = [
        *Authenticator.objects.values_list("data", flat=True),
        *alice.activity.values_list("details", flat=True),
    ]
    kept += [session.get_decoded() for session in Session.objects.all()]
    text = told + str(kept) + str(list(QueuedMail.objects.values_list("sealed")))
    assert not [each for each in (never_used, secret, *codes, *recovery_codes_of(alice)) if each in text]
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert secret not in str(cursor.fetchall())


@pytest.mark.matrix  # what is rare
def test_the_code_of_the_set_up_does_not_sign_in(alice: User, alice_browser: Client) -> None:
    secret, _ = set_up(alice_browser)
    browser = Client()
    browser.post("/login/", {"login": alice.email, "password": PASSWORD})
    assert "Code is wrong" in browser.post("/login/second-step/", {"code": code_of(secret)}).content.decode()


def test_each_session_sets_up_a_secret_of_its_own(alice: User, alice_browser: Client) -> None:
    other = signed_in(alice)
    secret, _ = secret_on(alice_browser.get(APP).content.decode()), other.get(APP)
    assert "Code is wrong" in other.post(APP, {"code": code_of(secret)}).content.decode()
    assert not has_second_factor(alice)


@pytest.mark.matrix  # what is rare
def test_a_second_app_takes_no_place_beside_the_first(alice: User, alice_browser: Client) -> None:
    other = signed_in(alice)
    secret = secret_on(other.get(APP).content.decode())
    set_up(alice_browser)
    for answer in (alice_browser.get(APP), other.post(APP, {"code": code_of(secret)})):
        assert answer["Location"] == "/settings/security/"
    assert Authenticator.objects.filter(user=alice, type="totp").count() == 1


def test_removing_the_last_factor_takes_the_recovery_codes_along_and_is_told(
    alice: User, alice_browser: Client
) -> None:
    give_app(alice)
    TrustedBrowser.objects.create(user=alice, stamp=1)
    page = alice_browser.get(REMOVE).content.decode()
    assert "your recovery codes go with it" in page
    assert alice_browser.post(REMOVE)["Location"] == "/settings/security/"
    assert not Authenticator.objects.filter(user=alice).exists()
    assert not alice.trusted_browsers.exists()
    assert alice.activity.get(event=Event.FACTOR_REMOVED).details == {"kind": "authenticator app"}
    assert mailbox()[-1].subject == "[Craft] The authenticator app was removed"
    for answer in (alice_browser.post(REMOVE), alice_browser.post(CODES)):
        assert answer["Location"] == "/settings/security/"


def test_new_recovery_codes_stop_those_from_before_and_are_mailed(alice: User, alice_browser: Client) -> None:
    give_app(alice)
    before = recovery_codes_of(alice)
    assert "10 of your ten codes are left" in alice_browser.get(CODES).content.decode()
    after = [code.replace(" ", "") for code in codes_on(alice_browser.post(CODES).content.decode())]
    assert after == recovery_codes_of(alice)
    assert not set(before) & set(after)
    assert codes_left(alice) == 10
    assert alice.activity.filter(event=Event.RECOVERY_CODES_CREATED).count() == 1
    assert mailbox()[-1].subject == "[Craft] New recovery codes were made"


@pytest.mark.matrix  # each page
@pytest.mark.parametrize("path", [APP, REMOVE, CODES])
def test_a_session_of_sixteen_minutes_ago_adds_and_removes_nothing(alice: User, path: str) -> None:
    browser = signed_in(alice)
    secret = secret_on(browser.get(APP).content.decode())
    if path != APP:
        give_app(alice)
    kept = [*Authenticator.objects.values_list("pk", "data")]
    age_sign_in(browser, 16 * 60)
    for answer in (browser.get(path), browser.post(path, {"code": code_of(secret)})):
        assert answer["Location"] == f"/reauthenticate/?{urlencode({'next': path})}"
    assert [*Authenticator.objects.values_list("pk", "data")] == kept
    assert Client().post(path)["Location"] == f"/login/?next={path}"


def test_nobody_removes_the_factor_of_another(alice: User, bob_browser: Client) -> None:
    give_app(alice)
    bob_browser.post(REMOVE)
    assert has_second_factor(alice)


@pytest.mark.matrix  # what is rare
def test_what_cannot_be_decrypted_lets_nobody_in_and_breaks_no_page(
    alice: User, alice_browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    give_app(alice)
    Authenticator.objects.filter(user=alice).update(data={"secret": "x", "seed": "x", "used_mask": 0})
    browser = Client()
    browser.post("/login/", {"login": alice.email, "password": PASSWORD})
    for path, code in (("/login/second-step/", code_of()), ("/login/recovery-code/", "12345678")):
        assert "field-error" in browser.post(path, {"code": code}).content.decode()
    assert caplog.text.count("ENCRYPTION_KEYS lacks") == 2
    assert alice_browser.get("/settings/security/").status_code == 200
