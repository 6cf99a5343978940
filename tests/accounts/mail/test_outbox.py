"""What waits is sealed, goes with the transaction that causes it, and is counted."""

import base64
import secrets
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.mail import outbox
from accounts.models import QueuedMail, User
from accounts.utils.encryption import Undecipherable, decrypt, encrypt
from tests.accounts.mail.conftest import Queue
from tests.fixtures import PASSWORD, signed_in
from tests.mailbox import mailbox
from tests.meanwhile import Meanwhile

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def test_neither_the_code_nor_the_address_is_readable_while_it_waits() -> None:
    Client().post("/signup/", {"name": "Ada", "email": "ada@example.com", "password1": PASSWORD})
    mail = QueuedMail.objects.get()
    row = " ".join(str(value) for value in QueuedMail.objects.values_list().get())
    message = outbox.unseal(mail)
    assert message.to == ["ada@example.com"]
    code = message.subject.removeprefix("[Craft] Your code: ")
    assert code in str(message.body)
    assert not [secret for secret in (code, "ada@example.com", "Craft") if secret in row]


def test_a_mail_that_went_out_leaves_nothing(queue: Queue) -> None:
    queue()
    assert [message.to for message in mailbox()] == [["alice@example.com"]]
    assert not QueuedMail.objects.exists()
    assert len(mailbox()) == 1


def test_a_mail_keeps_its_name_and_date_however_often_it_is_tried(queue: Queue) -> None:
    with time_machine.travel("2026-05-04T03:02:01Z", tick=False):
        queue()
    mail = QueuedMail.objects.get()
    sent = [outbox.unseal(mail).message() for _ in range(2)]
    assert sent[0]["Message-ID"] == sent[1]["Message-ID"]
    assert str(sent[0]["Message-ID"]).endswith("@localhost>")
    assert sent[1]["Date"] == "Mon, 04 May 2026 03:02:01 -0000"


def test_a_mail_is_named_after_the_site_and_not_after_the_machine(queue: Queue, settings: Settings) -> None:
    settings.WEB_HOST = "craft.example"
    queue()
    message = outbox.unseal(QueuedMail.objects.get()).message()
    assert str(message["Message-ID"]).endswith("@craft.example>")


def test_a_console_shows_the_plain_text_alone(
    queue: Queue, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = outbox.CONSOLE
    queue()
    mailbox()
    printed = capsys.readouterr().out
    assert "Subject: [Craft] Acme was disconnected" in printed
    assert "used a refresh token" in printed
    assert "<html" not in printed


def test_a_transaction_that_is_rolled_back_takes_its_mail_along(queue: Queue) -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not mailbox()


def test_it_says_how_many_wait_and_since_when(queue: Queue) -> None:
    assert outbox.waiting() == (0, None)
    queue()
    since = QueuedMail.objects.get().created_at
    queue()
    assert outbox.waiting() == (2, since)
    assert outbox.waiting().oldest_at == since


def test_a_code_and_a_link_are_dropped_when_they_have_ended_and_news_after_a_week(alice: User) -> None:
    Client().post("/signup/", {"name": "Ada", "email": "ada@example.com", "password1": PASSWORD})
    Client().post("/password/reset/", {"email": alice.email})
    Client().post("/password/reset/", {"email": "nobody@example.com"})
    lives = [mail.expires_at - mail.created_at for mail in QueuedMail.objects.order_by("pk")]
    assert lives == [timedelta(minutes=15), timedelta(hours=1), timedelta(days=7)]
    assert outbox.drop_expired() == 0
    QueuedMail.objects.filter(pk=QueuedMail.objects.earliest("pk").pk).update(expires_at=timezone.now())
    assert outbox.drop_expired() == 1
    assert len(mailbox()) == 2


def test_a_mail_that_has_expired_is_not_sent(queue: Queue) -> None:
    queue("Late", lives_for=timedelta(0))
    queue("Good")
    assert [message.subject for message in mailbox()] == ["[Craft] Good was disconnected"]
    assert not QueuedMail.objects.exists()


def test_after_a_new_key_was_put_first_what_waits_is_readable_and_what_comes_is_under_the_new_one(
    queue: Queue, settings: Settings
) -> None:
    old, new = new_key(), new_key()
    settings.ENCRYPTION_KEYS = [old]
    queue("Before")
    settings.ENCRYPTION_KEYS = [new, old]
    queue("After")
    before, after = QueuedMail.objects.order_by("pk")
    assert "Before" in outbox.unseal(before).subject
    settings.ENCRYPTION_KEYS = [new]
    assert "After" in outbox.unseal(after).subject
    with pytest.raises(Undecipherable):
        outbox.unseal(before)


def test_encrypting_anew_changes_nothing_else_and_leaves_what_no_key_opens(
    queue: Queue, settings: Settings
) -> None:
    old, new = new_key(), new_key()
    settings.ENCRYPTION_KEYS = [old]
    queue()
    mail = QueuedMail.objects.get()
    QueuedMail.objects.update(tries=3)  # by who sends it, after we have read it
    settings.ENCRYPTION_KEYS = [new, old]
    assert outbox._renew(mail)
    assert QueuedMail.objects.get().tries == 3
    settings.ENCRYPTION_KEYS = [new_key()]
    assert outbox.reencrypt() == 0


def test_what_was_changed_is_not_opened() -> None:
    sealed = encrypt("Ada — ünïcode")
    assert decrypt(sealed) == "Ada — ünïcode"
    for changed in (sealed[:-5] + "AAAA=", sealed[:40], "", "ä"):
        with pytest.raises(Undecipherable):
            decrypt(changed)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["change", "reset"])
def test_a_password_is_changed_and_told_in_one_transaction(how: str, alice: User) -> None:
    if how == "change":
        browser, path = signed_in(alice), "/settings/security/password/"
    else:
        Client().post("/password/reset/", {"email": alice.email})
        browser = Client()
        path = browser.get(str(mailbox()[-1].body).split("http://localhost:8000")[1].split()[0])["Location"]
    new = {"oldpassword": PASSWORD, "password1": "another-horse-entirely"}
    with transaction.atomic():
        connection.cursor().execute("LOCK TABLE accounts_queuedmail IN ACCESS EXCLUSIVE MODE")
        request = Meanwhile(lambda: browser.post(path, new).status_code)
        assert request.waits()
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)
    assert request.result() == 302
    alice.refresh_from_db()
    assert alice.check_password("another-horse-entirely")
    assert mailbox()[-1].subject == "[Craft] Your password was changed"
