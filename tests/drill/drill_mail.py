"""The mail server silent, refusing, slow, while people sign up and ask for new passwords."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.drill.report import Drill, Row
from tests.e2e.server import Server, serving
from tests.interop.person import Person
from tests.smtp import MailServer, Mood, mail_server

PASSWORD = "correct-horse-battery"
PEOPLE = 8  # who sign up, and as many who ask for a new password: fewer than the limits of an address
FAULT_SECONDS, MOST_SECONDS = 12, 5
MAIL_SECONDS = 180  # pauses between tries are 10 seconds, then a minute


@pytest.fixture(scope="module")
def smtp() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def craft(tmp_path_factory: pytest.TempPathFactory, smtp: MailServer) -> Iterator[Server]:
    with serving(
        tmp_path_factory.mktemp("mail"), WORKERS="2", EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}"
    ) as running:
        yield running


def person_at(craft: Server, email: str, row: Row) -> Person:
    person = Person(f"http://localhost:{craft.port}", email, PASSWORD)
    row.watch(person.browser)
    return person


def ask_for_reset(person: Person) -> bool:
    """Whether the page came that says that a mail is on its way."""
    page = person.fill_in(person.open(f"{person.site}/password/reset/"), email=person.email)
    return page.url.endswith("/password/reset/done/")


def sign_up(person: Person) -> bool:
    """Whether the page came that asks for the code that was mailed."""
    form = person.open(f"{person.site}/signup/")
    page = person.fill_in(form, name="Nina New", email=person.email, password1=PASSWORD)
    return page.url.endswith("/confirm-email/")


@pytest.mark.parametrize("mood", [Mood.SILENT, Mood.REFUSING, Mood.SLOW])
def test_nobody_waits_and_every_mail_comes_once(
    mood: Mood, craft: Server, smtp: MailServer, drill: Drill
) -> None:
    row = drill.row(f"mail server {mood.name.lower()}")
    name = mood.name.lower()
    asked: dict[str, Callable[[Person], bool]] = {
        **{f"reset-{name}{number}@example.com": ask_for_reset for number in range(PEOPLE)},
        **{f"new-{name}{number}@example.com": sign_up for number in range(PEOPLE)},
    }

    def probe() -> int:
        return craft.call("GET", "/readyz")[0]

    smtp.messages.clear()
    smtp.mood = mood
    began = time.monotonic()
    with row.calling(probe, threads=1, pause=0.2), ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda each: each[1](person_at(craft, each[0], row)), asked.items()))
        time.sleep(max(0.0, began + FAULT_SECONDS - time.monotonic()))
        smtp.mood = Mood.WELL
        ended = time.monotonic()
        while missing := asked.keys() - {str(message["To"]) for message in smtp.messages}:
            assert time.monotonic() < ended + MAIL_SECONDS, f"no mail to {missing}"
            time.sleep(0.05)
        row.recovery = time.monotonic() - ended
        time.sleep(3)  # in which a second one would come
    came = Counter(str(message["To"]) for message in smtp.messages)
    row.lost = sum(came[address] != 1 for address in asked)
    assert all(done)
    assert row.seen.keys() == {200, 302}, row
    assert row.slowest < MOST_SECONDS, row
    assert row.lost == 0, came
