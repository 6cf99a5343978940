"""SECRET_KEY and ENCRYPTION_KEYS are exchanged: what should survive does, and ends with the old key."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from django.contrib.auth import HASH_SESSION_KEY
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.mail import outbox
from accounts.models import QueuedMail, User
from accounts.signin.factors import codes, reencryption
from accounts.signin.factors.rules import codes_left
from accounts.signin.login_links import make_link
from accounts.tries import Limit
from accounts.utils.batches import change_in_batches
from tests.accounts.factors import code_of, give_app, recovery_codes_of
from tests.commands import run
from tests.fixtures import PASSWORD, sign_in
from tests.mailbox import mailbox
from tests.meanwhile import Meanwhile

pytestmark = pytest.mark.django_db
NEW = "a-new-secret-key-" + "0123456789abcdef" * 3


@pytest.fixture
def rotate(settings: Settings) -> Callable[[], None]:
    """Put a new SECRET_KEY in the place of the old one, which still verifies."""

    def go() -> None:
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = NEW

    return go


def test_a_session_survives_with_its_key_and_what_is_listed_of_it(
    alice: User, rotate: Callable[[], None], settings: Settings
) -> None:
    browser = sign_in(alice)
    key, listed = browser.cookies["sessionid"].value, UserSession.objects.get()
    rotate()
    assert browser.get("/v1/me").status_code == 200  # which tells the browser of no other key
    for _ in range(2):  # also a request that was under way when the first one was answered
        assert browser.get("/settings/sessions/").status_code == 200
    assert browser.cookies["sessionid"].value == key
    assert UserSession.objects.get() == listed
    settings.SECRET_KEY_FALLBACKS = []
    assert browser.get("/settings/sessions/").status_code == 200


def test_a_session_that_no_page_saw_meanwhile_ends_with_the_old_key(
    alice: User, rotate: Callable[[], None], settings: Settings
) -> None:
    browser = sign_in(alice)
    rotate()
    settings.SECRET_KEY_FALLBACKS = []
    assert browser.get("/v1/me").status_code == 401
    assert browser.get("/settings/sessions/")["Location"].startswith("/login/")


def test_a_new_password_still_gives_the_session_another_key(alice: User, rotate: Callable[[], None]) -> None:
    browser = sign_in(alice)
    rotate()
    before = browser.session.session_key
    new = {
        "oldpassword": PASSWORD,
        "password1": "another-horse-entirely",
        "password2": "another-horse-entirely",
    }
    assert browser.post("/settings/security/password/", new).status_code == 302
    assert browser.cookies["sessionid"].value != before


def test_a_forged_session_is_none_whatever_key_it_names(alice: User, rotate: Callable[[], None]) -> None:
    browser = sign_in(alice)
    session = browser.session
    session[HASH_SESSION_KEY] = "0" * 64
    session.save()
    rotate()
    assert browser.get("/v1/me").status_code == 401


def test_links_survive_and_end_with_the_old_key(
    alice: User, rotate: Callable[[], None], settings: Settings
) -> None:
    Client().post("/password/reset/", {"email": alice.email})
    reset = re.search(r"/password/reset/key/\S+", str(mailbox()[-1].body))
    link = make_link(alice)
    assert reset
    rotate()
    assert is_good(link, reset[0])
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_good(link, reset[0])


def is_good(link: str, reset: str) -> bool:
    """Whether both links work; the same for both."""
    sign_in_page = Client().get(link).content.decode()
    reset_page = Client().get(reset, follow=True).content.decode()
    found = {"<form" in sign_in_page.partition("<main")[2], 'name="password1"' in reset_page}
    assert len(found) == 1
    return found == {True}


def test_tries_that_were_counted_before_count_still(db: None, rotate: Callable[[], None]) -> None:
    limit = Limit("test", most=3, seconds=60)
    assert [limit.of("a").take() for _ in range(2)] == [True, True]
    rotate()
    assert limit.of("a").take()
    assert limit.of("a").is_used_up()
    assert not limit.of("a").take()
    assert limit.of("b").take()


def test_a_link_that_was_used_stays_used(alice: User, rotate: Callable[[], None]) -> None:
    link = make_link(alice)
    assert Client().post(link).status_code == 302
    rotate()
    assert Client().post(link).status_code == 200


# --- ENCRYPTION_KEYS


@pytest.fixture
def reencrypted(settings: Settings) -> Callable[[], str]:
    """Put a new encryption key first, and run housekeeping; gives what it says."""

    def go() -> str:
        settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
        return run("housekeeping")

    return go


def test_second_factors_are_encrypted_anew_and_let_in_without_the_old_key(
    alice: User, reencrypted: Callable[[], str], settings: Settings
) -> None:
    give_app(alice)
    recovery = recovery_codes_of(alice)
    codes.use_recovery_code(alice, recovery[0])
    said = reencrypted()
    assert "Encrypted anew: 2 second factors, 0 mails; under older keys are still 0 second factors" in said
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert codes.use_app_code(alice, code_of())
    assert codes_left(alice) == 9
    with pytest.raises(codes.UsedBefore):
        codes.use_recovery_code(alice, recovery[0])
    assert codes.use_recovery_code(alice, recovery[1])


def test_without_the_old_key_what_nobody_encrypted_anew_lets_nobody_in(
    alice: User, settings: Settings
) -> None:
    give_app(alice)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert codes.use_app_code(alice, code_of()) is None


def test_mails_that_wait_are_encrypted_anew_and_arrive(alice: User, settings: Settings) -> None:
    context = {"name": "Alice", "app_name": "Acme"}
    outbox.queue("oauth/email/token_reuse", to=alice.email, context=context)
    before = QueuedMail.objects.get().sealed
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    assert outbox.reencrypt() == 1
    assert outbox.reencrypt() == 0
    assert QueuedMail.objects.get().sealed != before
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert [each.to for each in mailbox()] == [[alice.email]]


def test_with_one_key_housekeeping_looks_at_no_factor(alice: User, settings: Settings) -> None:
    give_app(alice)
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    with CaptureQueriesContext(connection) as queries:
        assert "Encrypted anew" not in run("housekeeping")
    assert not [query for query in queries if "mfa_authenticator" in query["sql"]]


def test_a_factor_is_looked_at_once_and_one_made_meanwhile_by_the_old_key_is_found(
    alice: User, bob: User, reencrypted: Callable[[], str], settings: Settings
) -> None:
    give_app(alice)
    reencrypted()
    assert reencryption.reencrypt() == 0
    newest, old = settings.ENCRYPTION_KEYS[0], settings.ENCRYPTION_KEYS[1:]
    settings.ENCRYPTION_KEYS = old  # a process that has not been restarted yet
    give_app(bob)
    settings.ENCRYPTION_KEYS = [newest, *old]
    assert reencryption.left().count() > 0
    assert reencryption.reencrypt() > 0
    settings.ENCRYPTION_KEYS = [newest]
    assert codes.use_app_code(bob, code_of())


def test_what_no_key_opens_is_left_as_it_is_and_keeps_nothing_up(
    alice: User, bob: User, reencrypted: Callable[[], str], settings: Settings
) -> None:
    give_app(alice)
    Authenticator.objects.update(data={"secret": Fernet(Fernet.generate_key()).encrypt(b"x").decode()})
    give_app(bob)
    lost = list(Authenticator.objects.filter(user=alice).values_list("data", flat=True))
    assert f"under older keys are still {len(lost)} second factors" in reencrypted()
    assert list(Authenticator.objects.filter(user=alice).values_list("data", flat=True)) == lost


def test_each_row_is_looked_at_once_in_however_many_batches(alice: User, bob: User) -> None:
    give_app(alice)
    give_app(bob)
    seen: list[int] = []

    def look(factor: Authenticator) -> bool:
        seen.append(factor.pk)
        return bool(factor.type == Authenticator.Type.TOTP)

    assert change_in_batches(Authenticator.objects.all(), look, size=3) == 2
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 4


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_factor_that_is_being_used_is_left_for_the_next_time(alice: User, settings: Settings) -> None:
    give_app(alice)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    with transaction.atomic():
        Authenticator.objects.select_for_update().get(type=Authenticator.Type.TOTP)
        other = Meanwhile(reencryption.reencrypt)
        assert not other.waits()
        assert other.result() == 1
    assert reencryption.reencrypt() == 1
