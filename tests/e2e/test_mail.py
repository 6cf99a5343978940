"""The real server and a mail server in every mood: nobody waits for it, and every mail comes in the end."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.e2e.server import DATABASE, ROOT, Server, cut_connections, serving
from tests.interop.person import Person
from tests.smtp import MailServer, Mood, mail_server
from tests.template import postgres

pytestmark = [pytest.mark.server, pytest.mark.long]
PASSWORD = "correct-horse-battery"
SET_PASSWORD = f"""
from accounts.models import User
alice = User.objects.get(email="alice@example.com")
alice.set_password({PASSWORD!r})
alice.save()
answer = None
"""
BE_DUE = """
from django.utils import timezone
from accounts.models import QueuedMail
answer = QueuedMail.objects.filter(tries__gt=0).update(not_before=timezone.now())
"""
WAITING = """
from accounts.models import QueuedMail
answer = list(QueuedMail.objects.values_list("tries", flat=True))
"""
AWAY = "mails wait: the database does not answer (OperationalError)"
WAIT_SECONDS = 60  # much more than it takes, for a busy machine


@pytest.fixture(scope="module")
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def craft(tmp_path_factory: pytest.TempPathFactory, smtp: MailServer) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mail")
    with serving(folder, WORKERS="2", EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}") as running:
        running.ask(SET_PASSWORD)
        yield running


def person(craft: Server) -> Person:
    return Person(f"http://localhost:{craft.port}", "alice@example.com", PASSWORD)


def ask_for_reset(craft: Server, email: str) -> str:
    """Where the page leads that asks for a new password."""
    visitor = person(craft)
    return visitor.fill_in(visitor.open(f"{visitor.site}/password/reset/"), email=email).url


def await_mails_to(smtp: MailServer, *addresses: str) -> list[str]:
    """Wait until each address got its mail; all Message-IDs that came."""
    deadline = time.monotonic() + WAIT_SECONDS
    while missing := set(addresses) - {str(message["To"]) for message in smtp.messages}:
        assert time.monotonic() < deadline, f"no mail to {missing}"
        time.sleep(0.05)
    return [str(message["Message-ID"]) for message in smtp.messages]


def test_no_request_waits_for_a_silent_mail_server_and_every_mail_comes_when_it_speaks(
    craft: Server, smtp: MailServer
) -> None:
    addresses = [f"nobody{number}@example.com" for number in range(12)]
    smtp.mood = Mood.SILENT
    with ThreadPoolExecutor(12) as pool:  # of 8 threads that serve
        pages = list(pool.map(lambda address: ask_for_reset(craft, address), addresses))
    assert {page.removeprefix(f"http://localhost:{craft.port}") for page in pages} == {
        "/password/reset/done/"
    }
    assert craft.call("GET", "/v1/me")[0] == 401
    assert not smtp.messages
    smtp.mood = Mood.WELL
    ids = await_mails_to(smtp, *addresses)
    assert set(Counter(ids).values()) == {1}


@pytest.mark.variant  # a request only queues, as above; test_sender.py has what a refusal does
@pytest.mark.parametrize("mood", [Mood.REFUSING, Mood.BUSY, Mood.CLOSING])
def test_a_mail_server_that_refuses_turns_nothing_into_an_error(
    mood: Mood, craft: Server, smtp: MailServer
) -> None:
    smtp.mood = mood
    visitor, address = person(craft), f"new-{mood.name.lower()}@example.com"
    form = visitor.open(f"{visitor.site}/signup/")
    page = visitor.fill_in(form, name="Nina New", email=address, password1=PASSWORD)
    assert page.url.endswith("/confirm-email/")
    alice = person(craft)
    alice.fill_in(alice.open(f"{alice.site}/login/"), login=alice.email, password=PASSWORD)
    form = alice.open(f"{alice.site}/settings/security/password/")
    page = alice.fill_in(form, oldpassword=PASSWORD, password1=PASSWORD)
    assert "Password changed." in page.text
    smtp.messages.clear()
    smtp.mood = Mood.WELL
    craft.ask(BE_DUE)
    await_mails_to(smtp, address, alice.email)


@pytest.mark.variant  # tests/accounts/mail asks in what order a sender notes, sends and deletes
def test_a_mail_whose_sender_is_killed_after_the_server_took_it_comes_again_as_the_same_mail(
    craft: Server, smtp: MailServer
) -> None:
    address = "killed@example.com"
    smtp.mood = Mood.WELL
    craft.stop()  # its threads would be quicker
    craft.ask(
        "from accounts.mail import outbox\n"
        f"outbox.queue('account/email/unknown_account', to={address!r}, context={{'email': {address!r}}})\n"
        "answer = None"
    )
    housekeeping = [sys.executable, "manage.py", "housekeeping"]
    with subprocess.Popen(housekeeping, cwd=ROOT, env=craft.environ, stdout=subprocess.DEVNULL) as sender:
        smtp.on_mail = sender.kill
    smtp.on_mail = lambda: None
    assert sender.returncode == -9
    assert craft.ask(WAITING) == [1]
    assert craft.manage("housekeeping").endswith("Sent: 0 mails")  # it may still be alive
    craft.ask(BE_DUE)
    assert craft.manage("housekeeping").endswith("Sent: 1 mails")
    assert craft.ask(WAITING) == []
    ids = [message["Message-ID"] for message in smtp.messages if message["To"] == address]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    craft.start()


@pytest.mark.variant  # that no request is needed, the others show as well
def test_what_waited_for_a_start_of_the_server_is_sent_without_any_request(
    craft: Server, smtp: MailServer
) -> None:
    craft.stop()
    craft.ask(
        "from accounts.mail import outbox\n"
        "outbox.queue('account/email/unknown_account', to='early@example.com', context={})\nanswer = None"
    )
    craft.start()
    await_mails_to(smtp, "early@example.com")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is never away")
def test_after_the_database_was_away_mails_go_out_again(craft: Server, smtp: MailServer) -> None:
    before = craft.log.read_text()
    with postgres() as admin:
        admin.execute(f"ALTER DATABASE {DATABASE} ALLOW_CONNECTIONS false")
        try:
            cut_connections()
            deadline = time.monotonic() + WAIT_SECONDS
            while AWAY not in craft.log.read_text().removeprefix(before):
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            admin.execute(f"ALTER DATABASE {DATABASE} ALLOW_CONNECTIONS true")
    assert ask_for_reset(craft, "after@example.com")
    await_mails_to(smtp, "after@example.com")


def test_a_server_that_stops_while_the_mail_server_is_silent_stops_and_loses_no_mail(
    craft: Server, smtp: MailServer
) -> None:
    smtp.mood = Mood.SILENT
    ask_for_reset(craft, "stopped@example.com")
    assert craft.stop() == 0
    assert craft.ask(WAITING) == [0]
    log = craft.log.read_text()
    assert "Traceback" not in log
    assert "@example.com" not in log
