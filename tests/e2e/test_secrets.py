"""A person uses what makes secrets, on the real server. Afterwards none of them is anywhere in clear."""

import base64
import json
import re
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import requests

from tests.accounts.factors import code_of
from tests.e2e.server import Server, serving
from tests.interop.person import Person

pytestmark = pytest.mark.server
ALICE, BOB = "alice@example.com", "bob@example.com"
PASSWORD = "correct-horse-battery-4711"
KEPT = """
import json
from django.apps import apps
from django.contrib.sessions.models import Session
rows = {model._meta.label: list(model.objects.values()) for model in apps.get_models()}
rows["sessions, opened"] = [session.get_decoded() for session in Session.objects.all()]
as_text = lambda value: bytes(value).hex() if isinstance(value, memoryview) else str(value)
answer = json.dumps(rows, default=as_text)
"""
PLANT = """
from accounts.models import Activity
Activity.objects.create(
    user_id=Activity.objects.first().user_id, event="login", details={"planted": "planted-secret-0815"}
)
answer = None
"""
WAIT_SECONDS = 60  # much more than it takes, for a busy machine


@pytest.fixture(scope="module")
def craft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("secrets")
    with serving(folder, EMAIL_URL=f"filemail:///{folder}/mails", LOG_FORMAT="json") as running:
        for email in (ALICE, BOB):
            if email == BOB:
                running.manage("create_user", BOB)
            running.ask(
                f"from accounts.models import User\nuser = User.objects.get(email={email!r})\n"
                f"user.set_password({PASSWORD!r})\nuser.save()\nanswer = None"
            )
        yield running


def person(craft: Server, email: str, *, in_a_new_browser: bool = False) -> tuple[Person, requests.Response]:
    """Somebody after the password, and the page that came."""
    site = f"http://localhost:{craft.port}"
    if in_a_new_browser:
        Person.known.pop((site, email), None)
    visitor = Person(site, email, PASSWORD)
    return visitor, visitor.fill_in(visitor.open(f"{site}/login/"), login=email, password=PASSWORD)


def mailed(craft: Server, email: str, pattern: str) -> str:
    """What a mail to this address says, as soon as one does."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for file in Path(craft.log.parent, "mails").glob("*"):
            for text in re.split(rb"\n-{50,}\n", file.read_bytes()):
                message = message_from_bytes(text.lstrip(), policy=policy.default)
                body = message.get_body(("plain",)) if message["To"] == email else None
                if body and (found := re.search(pattern, body.get_content(), re.MULTILINE)):
                    return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {email} says {pattern}")


def without_spaces(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def test_no_secret_is_in_database_sessions_or_log(craft: Server) -> None:
    secrets = {"a password": PASSWORD}
    alice, page = person(craft, ALICE)
    page = alice.open(f"{alice.site}/settings/api-keys/new/")
    page = alice.fill_in(page, name="Bot", permission="read-only", expires="30")
    secrets["a key"] = re.findall(r"craft_key_\w{51}", page.text)[0]
    assert craft.call("GET", "/v1/me", secrets["a key"])[0] == 200
    assert craft.call("GET", "/v1/me", secrets["a key"][:-7] + "0000000")[0] == 401

    page = alice.open(f"{alice.site}/settings/security/authenticator/")
    secrets["an app's secret"] = without_spaces(re.findall(r"(?:[A-Z2-7]{4} ?){8}", page.text)[0])
    page = alice.fill_in(page, code=code_of(secrets["an app's secret"], steps=-1))
    codes = re.findall(r"\b\d{4} \d{4}\b", page.text)
    secrets |= {f"recovery code {number}": without_spaces(code) for number, code in enumerate(codes)}
    assert len(codes) == 10
    elsewhere, page = person(craft, ALICE, in_a_new_browser=True)
    page = elsewhere.fill_in(page, code=code_of(secrets["an app's secret"]))
    assert page.url == f"{alice.site}/settings/"

    person(craft, BOB)
    bob, page = person(craft, BOB, in_a_new_browser=True)
    secrets["a mailed code"] = mailed(craft, BOB, r"^\s*(\w{4}-\w{4})\s*$")
    pending = craft.ask(KEPT)  # while the session waits for it
    page = bob.fill_in(page, code=secrets["a mailed code"])
    assert page.url == f"{bob.site}/settings/"
    bob.fill_in(bob.open(f"{bob.site}/password/reset/"), email=BOB)
    secrets["a link"] = mailed(craft, BOB, r"/password/reset/key/(\S+)/")
    bob.open(f"{bob.site}/password/reset/key/{secrets['a link']}/")

    craft.ask(PLANT)
    kept = craft.ask(KEPT)
    places = {"database": pending + kept, "log": craft.log.read_text()}
    forms = {
        name: (text, without_spaces(text), base64.b64encode(text.encode()).decode())
        for name, text in secrets.items()
    }
    found = [
        (name, place)
        for name, texts in forms.items()
        for place, text in places.items()
        if any(each in text for each in texts)
    ]
    assert found == []
    assert "planted-secret-0815" in kept
    assert json.loads(kept)["accounts.Activity"]
