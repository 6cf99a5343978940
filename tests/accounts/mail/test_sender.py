"""A mail server that answers, that does not, and that answers badly: what becomes of what waits."""

import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from accounts.mail.sender import PAUSES, MailServerAway, send_due, send_next
from accounts.models import QueuedMail
from tests.accounts.mail.conftest import Queue
from tests.smtp import MailServer, Mood

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def seconds_to_wait() -> float:
    """How long the only mail waits for its next try."""
    return (QueuedMail.objects.get().not_before - timezone.now()).total_seconds()


def be_due() -> None:
    QueuedMail.objects.update(not_before=timezone.now())


def test_what_is_sent_has_text_and_html_and_says_that_a_machine_wrote_it(
    smtp: MailServer, queue: Queue
) -> None:
    queue("Ünïque <b>&", to="alice@example.com")
    assert send_due() == 1
    [message] = smtp.messages
    assert message["To"] == "alice@example.com"
    assert message["From"] == "Craft <no-reply@localhost>"
    assert message["Subject"] == "[Craft] Ünïque <b>& was disconnected"
    assert message["Auto-Submitted"] == "auto-generated"
    assert str(message["Message-ID"]).endswith("@localhost>")
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Ünïque <b>& used a refresh token" in text.get_content()
    assert "Ünïque &lt;b&gt;&amp; used a refresh token" in html.get_content()


@pytest.mark.parametrize(
    ("mood", "reason"),
    [(Mood.REFUSING, "SMTPDataError 451"), (Mood.CLOSING, "SMTPServerDisconnected")],
)
def test_what_the_server_did_not_take_is_tried_again_after_growing_pauses_as_the_same_mail(
    mood: Mood, reason: str, smtp: MailServer, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    queue()
    smtp.mood = mood
    for number, pause in enumerate([*PAUSES, PAUSES[-1]], 1):
        assert send_due() == 0
        mail = QueuedMail.objects.get()
        assert (mail.tries, mail.last_error) == (number, reason)
        assert pause.total_seconds() - 30 < seconds_to_wait() <= pause.total_seconds()
        assert send_next() is None
        be_due()
    assert len(caplog.messages) == len(PAUSES) + 1
    assert "alice" not in caplog.text
    assert "Traceback" not in caplog.text
    smtp.mood = Mood.WELL
    assert send_due() == 1
    assert not QueuedMail.objects.exists()


def test_a_server_that_is_away_busy_or_silent_costs_no_mail_a_try(
    smtp: MailServer, queue: Queue, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    queue("One")
    queue("Two")
    for smtp.mood, settings.EMAIL_TIMEOUT in ((Mood.SILENT, 0.2), (Mood.BUSY, 30)):
        with pytest.raises(MailServerAway):
            send_due()
    smtp.mood, settings.EMAIL_PORT = Mood.WELL, 1
    with pytest.raises(MailServerAway):
        send_due()
    assert set(QueuedMail.objects.values_list("tries", "last_error")) == {(0, "")}
    assert smtp.calls == 2  # one for both mails
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 3
    assert all("2 mails wait since" in message for message in caplog.messages)
    settings.EMAIL_PORT = smtp.port
    assert send_due() == 2
    assert [message["Subject"] for message in smtp.messages] == [
        "[Craft] One was disconnected",
        "[Craft] Two was disconnected",
    ]


@pytest.mark.long
def test_a_slow_server_gets_every_mail(smtp: MailServer, queue: Queue) -> None:
    smtp.mood = Mood.SLOW
    queue()
    assert send_due() == 1
    assert len(smtp.messages) == 1


def test_a_mail_that_no_key_opens_holds_up_no_other(
    smtp: MailServer, queue: Queue, settings: Settings
) -> None:
    queue("Lost")
    keys, settings.ENCRYPTION_KEYS = (
        settings.ENCRYPTION_KEYS,
        ["for-tests-only-0123456789abcdefghijklmnopqr="],
    )
    queue("Good")
    assert send_due() == 1
    assert QueuedMail.objects.get().last_error == "Undecipherable"
    settings.ENCRYPTION_KEYS = keys  # put back, it opens it after all
    be_due()
    assert send_due() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_whose_lease_ran_out_changes_nothing_of_who_has_the_mail_now(smtp: MailServer, queue: Queue) -> None:
    taken = timezone.now() + timedelta(hours=1)

    def be_taken_by_another() -> None:
        QueuedMail.objects.update(tries=7, not_before=taken)
        connections.close_all()

    queue()
    smtp.mood, smtp.on_mail = Mood.REFUSING, be_taken_by_another
    assert send_next() is False
    mail = QueuedMail.objects.get()
    assert (mail.tries, mail.not_before, mail.last_error) == (7, taken, "")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_while_a_mail_is_being_sent_nobody_else_takes_it(smtp: MailServer, queue: Queue) -> None:
    others: list[bool | None] = []

    def try_it_too() -> None:
        others.append(send_next())
        connections.close_all()

    queue()
    smtp.on_mail = try_it_too
    assert send_due() == 1
    assert others == [None]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_senders_at_once_each_mail_is_sent_by_one(smtp: MailServer, queue: Queue) -> None:
    for number in range(20):
        queue(f"App {number}")

    def send() -> int:
        try:
            return send_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: send(), range(4)))
    assert sum(counts) == 20
    assert set(Counter(message["Message-ID"] for message in smtp.messages).values()) == {1}
    assert len(smtp.messages) == 20
