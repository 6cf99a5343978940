"""Workers killed (kill -9) amid what people do: what was acknowledged is there, nothing else stays."""

import json
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.projects.serving import EMAIL, Site, serving_files
from tests.drill.report import Drill, Row

KILLS, SECONDS_BETWEEN = 5, 7.0  # a worker that dies within 5.5 s of its start ends granian
CODES = 40  # of at most 60 seconds: what the drill takes
CALLBACK = "https://app.example/callback"
MAKE_CODES = f"""
from accounts.models import User
from accounts.web.client import NOBODY
from api.oauth.models import Application
from api.oauth.services.codes import issue_code
from apikeys.scopes import Scope
user, app = User.objects.get(email={EMAIL!r}), Application.objects.get()
answer = [
    issue_code(
        user, app, [Scope.READ], redirect_uri={CALLBACK!r}, code_challenge="", client=NOBODY, was_asked=True
    )
    for _ in range({CODES})
]
"""
SIGN_IN = f"""
from accounts.models import User
from tests.sessions import cookies_of
answer = cookies_of(User.objects.get(email={EMAIL!r}))
"""
# What killed uploads left is made old, and housekeeping run.
TIDY = """
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from api.projects.models import StoredObject
StoredObject.objects.filter(project=None).update(created_at=timezone.now() - timedelta(minutes=59))
call_command("housekeeping")
answer = sorted(StoredObject.objects.values_list("name", flat=True))
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with serving_files(tmp_path, workers=2) as running:
        yield running


class People:
    """Callers who do one thing each, again and again, and remember what was acknowledged."""

    def __init__(self, site: Site, drill: Drill) -> None:
        self.site = site
        self.rows = {
            name: drill.row(f"workers killed in {name}")
            for name in ("key creation", "exchange", "refresh", "upload", "deployment")
        }
        self.app = json.loads(
            site.server.manage("create_oauth_app", EMAIL, "--name", "App", "--redirect-uri", CALLBACK)
        )
        cookies = site.server.ask(SIGN_IN)
        self.session = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
        }
        self.keys: list[str] = []
        self.tokens: list[dict[str, str]] = []  # of exchanges
        self.chain: dict[str, str] | None = None  # the newest pair of the family that is refreshed
        self.files: dict[str, str] = {}
        self.deployments: list[dict[str, str]] = []
        self.codes: list[str] = site.server.ask(MAKE_CODES)

    def call(self, name: str, method: str, path: str, key: str | None = None, **more: Any) -> Any:
        """The answer's JSON, if it came and is a success."""
        found: list[str] = []

        def do() -> int:
            status, answer = self.site.server.call(method, path, key, **more)
            found.append(answer)
            return status

        status = self.rows[name].call(do)
        return json.loads(found[0]) if status in (200, 201) else None

    def token(self, name: str, **asked: str) -> Any:
        credentials = {"client_id": self.app["client_id"], "client_secret": self.app["client_secret"]}
        return self.call(name, "POST", "/v1/oauth/token", json_body={**asked, **credentials})

    def create_key(self) -> None:
        if len(self.keys) >= 40:  # of 50 that one may have
            return
        body = {"name": secrets.token_hex(8), "permission": "read-only"}
        if answer := self.call("key creation", "POST", "/v1/api-keys", json_body=body, **self.session):
            self.keys.append(answer["data"]["key"])
        time.sleep(0.7)

    def exchange(self) -> None:
        time.sleep(0.8)
        if self.codes and (
            pair := self.token(
                "exchange", grant_type="authorization_code", code=self.codes.pop(), redirect_uri=CALLBACK
            )
        ):
            self.tokens.append(pair)

    def refresh(self) -> None:
        if self.chain is None:
            if self.tokens:
                self.chain = self.tokens.pop()
            time.sleep(0.1)
            return
        # Without an answer nobody knows whether it was spent: the app begins anew, with the next pair.
        self.chain = self.token(
            "refresh", grant_type="refresh_token", refresh_token=self.chain["refresh_token"]
        )

    def upload(self) -> None:
        path, content = secrets.token_hex(8), secrets.token_hex(100_000)
        address = f"{self.site.project}/files/{path}"
        if self.call("upload", "PUT", address, self.site.key, json_body={"content": content}):
            self.files[path] = content

    def deploy(self) -> None:
        if answer := self.call("deployment", "POST", f"{self.site.project}/deployments", self.site.key):
            self.deployments.append(answer["data"])
        time.sleep(0.1)

    def check(self) -> None:
        """Count what is lost of what was acknowledged."""
        call = self.site.server.call
        self.rows["key creation"].lost = sum(call("GET", "/v1/me", key)[0] != 200 for key in self.keys)
        self.rows["exchange"].lost = sum(
            call("GET", "/v1/me", pair["access_token"])[0] != 200 for pair in self.tokens
        )
        if self.chain:
            self.rows["refresh"].lost = int(call("GET", "/v1/me", self.chain["access_token"])[0] != 200)
        for path, content in self.files.items():
            status, answer = call("GET", f"{self.site.project}/files/{path}", self.site.key)
            if status != 200 or json.loads(answer)["data"]["content"] != content:
                self.rows["upload"].lost += 1
        a_file = next(iter(self.files))
        for deployment in self.deployments:
            answer = call("GET", f"{self.site.project}/deployments/{deployment['id']}", self.site.key)[1]
            host, is_empty = urlsplit(deployment["url"]).netloc, not deployment["files"]
            is_served = is_empty or call("GET", f"/{a_file}", None, Host=host)[0] == 200
            self.rows["deployment"].lost += not (json.loads(answer).get("data") == deployment and is_served)


def kill_a_worker(site: Site, row: Row) -> None:
    """Kill the oldest, and wait until calls are answered again."""
    before = site.workers
    os.kill(before[0], signal.SIGKILL)
    began = time.monotonic()
    while len(now := site.workers) < len(before) or before[0] in now:
        assert time.monotonic() - began < 60, "no new worker"
        time.sleep(0.02)
    row.recover(lambda: site.server.call("GET", "/v1/me", site.key)[0])
    row.recovery = max(row.recovery or 0, time.monotonic() - began)


def test_what_was_acknowledged_outlives_the_worker(site: Site, drill: Drill) -> None:
    people, is_over = People(site, drill), threading.Event()

    def keep(do: Callable[[], None]) -> None:
        while not is_over.is_set():
            with suppress(json.JSONDecodeError):
                do()

    jobs = [people.create_key, people.exchange, people.refresh, people.upload, people.deploy]
    threads = [threading.Thread(target=keep, args=[job], daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    slowest = 0.0
    for _ in range(KILLS):
        time.sleep(SECONDS_BETWEEN)
        kill_a_worker(site, people.rows["upload"])
        slowest = max(slowest, people.rows["upload"].recovery or 0)
    is_over.set()
    for thread in threads:
        thread.join()
    for row in people.rows.values():
        row.recovery = slowest
        assert set(row.seen) <= {0, 200, 201}, row
        assert row.seen[200] + row.seen[201] > KILLS, row
    people.check()
    assert [row.fault for row in people.rows.values() if row.lost] == []
    names = site.server.ask(TIDY)
    on_disk = sorted(str(p.relative_to(site.folder)) for p in site.folder.rglob("*") if p.is_file())
    assert on_disk == names
    assert len(names) >= len(people.files)  # more where the answer was lost, not the file
