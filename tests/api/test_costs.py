"""What each call that is made often asks of PostgreSQL and of Valkey: exactly so much."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Plan, User
from accounts.services import create_user
from accounts.utils import patience
from api.projects.models import Project
from api.quota.counter import counter
from apikeys.models import APIKey
from apikeys.services import create_key
from apikeys.tokens import Kind, generate
from tests.api import valkey_commands
from tests.api.oauth.flow import App, connect, exchange, get_code, make_app, post, refresh
from tests.fixtures import API, signed_in

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="counts the commands that Valkey runs")
COUNTED = ["EVALSHA", "TIME", "HMGET", "HSET"]  # a call in the windows of a plan
TRIES = 3
TURNS = ("SAVEPOINT", "RELEASE")  # where a test is in a transaction; outside of one BEGIN and COMMIT


@dataclass
class World:
    """Alice with all that calls for her; `call` is a program's."""

    call: API
    browser: Client
    key: str
    app: App
    project: str

    def get(self, path: str) -> Any:
        return self.call("GET", path, self.key)


@pytest.fixture
def world(api: API, alice: User, alice_browser: Client, read_write: tuple[APIKey, str], bob: User) -> World:
    projects = Project.objects.bulk_create(Project(owner=alice, name=f"No {n}") for n in range(20))
    path = f"/v1/projects/{projects[0].uid}"
    sent = {"content": "hello"}
    assert api("PUT", f"{path}/files/a.txt", read_write[1], json=sent).status_code == 201
    patience.stop_counting()  # which that call began: what is prepared next may take long
    return World(api, alice_browser, read_write[1], make_app(bob), path)


def of_internal(world: World) -> Callable[[], Any]:
    user = create_user(email="internal@example.com", plan=Plan.INTERNAL)
    raw_key = create_key(user, name="Uncounted", permission="read-only")[1]
    return lambda: world.call("GET", "/v1/me", raw_key)


def of_token(world: World) -> Callable[[], Any]:
    token = connect(world.browser, world.app)["access_token"]
    return lambda: world.call("GET", "/v1/me", token)


def of_exchange(world: World) -> Callable[[], Any]:
    codes = iter([get_code(world.browser, world.app) for _ in range(2 * TRIES)])
    return lambda: exchange(world.app, next(codes))


def of_refresh(world: World) -> Callable[[], Any]:
    tokens = [connect(world.browser, world.app)["refresh_token"]]

    def call() -> Any:
        response = refresh(world.app, tokens.pop())
        tokens.append(response.json()["refresh_token"])
        return response

    return call


def of_introspection(world: World) -> Callable[[], Any]:
    token = connect(world.browser, world.app)["access_token"]
    return lambda: post("/v1/oauth/introspect", {"token": token, **world.app.credentials})


def of_upload(world: World) -> Callable[[], Any]:
    number = count()
    path = f"{world.project}/files/a.txt"
    return lambda: world.call("PUT", path, world.key, json={"content": f"version {next(number)}"})


def of_unknown_key(world: World) -> Callable[[], Any]:
    raw_key = generate(Kind.API_KEY).raw
    return lambda: world.call("GET", "/v1/me", raw_key)


def of_page(keys: int) -> Callable[[World], Callable[[], Any]]:
    def prepare(world: World) -> Callable[[], Any]:
        user = create_user(email="holder@example.com")
        for number in range(keys):
            create_key(user, name=f"Key {number}", permission="read-only")
        browser = signed_in(user)
        return lambda: browser.get("/settings/api-keys/")

    return prepare


CALLS: dict[str, tuple[Callable[[World], Callable[[], Any]], int, int, int]] = {
    # a call, by what is prepared for it: (that, status, queries, commands)
    "me by key": (lambda world: lambda: world.get("/v1/me"), 200, 1, 4),
    "me by key of a plan without limits": (of_internal, 200, 1, 0),
    "me by access token": (of_token, 200, 1, 4),
    "me by session": (lambda world: lambda: world.browser.get("/v1/me"), 200, 1, 4),
    "me by an unknown key": (of_unknown_key, 401, 1, 4),
    "me by a mistyped key": (lambda world: lambda: world.call("GET", "/v1/me", world.key[:-1]), 401, 0, 4),
    "me by nobody": (lambda world: lambda: world.call("GET", "/v1/me"), 401, 0, 4),
    "auth": (lambda world: lambda: world.get("/v1/auth"), 200, 1, 4),
    "projects": (lambda world: lambda: world.get("/v1/projects?limit=20"), 200, 2, 4),
    "a project": (lambda world: lambda: world.get(world.project), 200, 2, 4),
    "files": (lambda world: lambda: world.get(f"{world.project}/files"), 200, 4, 4),
    "a file": (lambda world: lambda: world.get(f"{world.project}/files/a.txt"), 200, 3, 4),
    "api keys": (lambda world: lambda: world.browser.get("/v1/api-keys"), 200, 4, 4),
    "exchange of a code": (of_exchange, 200, 7, 4),
    "refresh of a token": (of_refresh, 200, 8, 4),
    "introspection of a token": (of_introspection, 200, 3, 4),
    "upload of a file": (of_upload, 200, 16, 4),
    "page of sign-in": (lambda _: lambda: Client().get("/login/"), 200, 0, 0),
    "page of 1 key": (of_page(1), 200, 5, 0),
    "page of 50 keys": (of_page(50), 200, 5, 0),
}


@pytest.mark.matrix  # each call, by each credential
@pytest.mark.parametrize("name", CALLS)
def test_a_call_asks_so_much_and_no_more(world: World, name: str) -> None:
    prepare, status, queries, commands = CALLS[name]
    asked, names = asked_by(prepare(world), status)
    assert (len(asked), len(names)) == (queries, commands), (asked, names)


def asked_by(call: Callable[[], Any], status: int) -> tuple[list[str], list[str]]:
    """The queries and the commands of a call that is not the first one.

    Again where Valkey took so long that the call went on without it: a busy machine is no failure.
    """
    for _ in range(TRIES):
        counter.cache_clear()  # one that was away stays so for a moment
        assert call().status_code == status  # connects, and is a secret's first use
        was_away = counter().is_away
        with valkey_commands.recorded() as names, CaptureQueriesContext(connection) as captured:
            assert call().status_code == status
        if not was_away and not counter().is_away:
            break
    return [each["sql"] for each in captured if not each["sql"].startswith(TURNS)], names


def test_a_call_that_is_counted_is_one_script(world: World) -> None:
    assert asked_by(lambda: world.get("/v1/me"), 200)[1] == COUNTED
