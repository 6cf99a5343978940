"""The two probes, and what they do when something hangs."""

import json
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from pytest_django import Settings

from api.quota.counter import counter
from craft import readiness_checks
from craft.readiness import Check, Readiness, readiness
from tests.services import valkey

PROBES = ["/healthz", "/readyz"]


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    readiness.cache_clear()


def asked(client: Client, path: str = "/readyz", **extra: Any) -> tuple[int, dict[str, str]]:
    response = client.get(path, **extra)
    assert response["Cache-Control"] == "no-store"
    return response.status_code, json.loads(response.content)


def test_health_asks_nothing(client: Client) -> None:
    # This test has no database: a query would raise.
    assert asked(client, "/healthz") == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_says_what_it_looked_at(client: Client, settings: Settings) -> None:
    counters = "shared" if settings.REDIS_URL else "in each process"
    found = {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "counters": counters,
        "storage": "ok",
        "mail": "none waits",
    }
    assert asked(client) == (200, found)
    assert default_storage.listdir("")[1] == []


@pytest.mark.parametrize("path", PROBES)
@pytest.mark.parametrize("host", ["10.1.2.3:8000", "", "a b", "localhost", "preview.localhost"])
@pytest.mark.django_db
def test_a_probe_answers_at_any_host(client: Client, path: str, host: str) -> None:
    assert asked(client, path, headers={"Host": host})[0] == 200
    assert client.head(path, headers={"Host": host}).status_code == 200
    assert client.post(path, headers={"Host": host}).status_code == 405


@pytest.mark.parametrize("path", PROBES)
@pytest.mark.django_db
def test_a_deployments_host_is_its_authors(client: Client, path: str) -> None:
    response = client.get(path, headers={"Host": "x.preview.localhost"})
    assert (response.status_code, b"Nothing is published here" in response.content) == (404, True)


@pytest.mark.parametrize("path", PROBES)
@pytest.mark.django_db
def test_a_probe_is_not_sent_to_https(client: Client, path: str, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/login/").status_code == 301
    assert asked(client, path)[0] == 200


@pytest.mark.django_db
def test_the_old_address_is_gone(client: Client) -> None:
    assert client.get("/health").status_code == 404


@pytest.mark.django_db
def test_without_redis_nothing_is_limited_and_ready_says_so(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    counter.cache_clear()
    status, found = asked(client)
    assert (status, found["counters"]) == (503, "are away, nothing is limited")
    assert (found["status"], found["database"]) == ("failing", "ok")


@pytest.mark.django_db
def test_a_redis_that_is_full_counts_nothing_and_ready_says_so(client: Client, settings: Settings) -> None:
    with tempfile.TemporaryDirectory(prefix="craft-") as folder, valkey(Path(folder)) as url:
        settings.REDIS_URL = url
        counter.cache_clear()
        assert asked(client)[0] == 200
        readiness.cache_clear()
        redis.Redis.from_url(url).config_set("maxmemory", "1")
        status, found = asked(client)
    assert (status, found["counters"]) == (503, "are away, nothing is limited")


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_missing_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    forgets = readiness_checks.with_database(readiness_checks._Migrations().__call__)
    monkeypatch.setitem(readiness_checks.CHECKS, "migrations", forgets)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = name || 'x' WHERE app = 'sessions'")
    try:
        status, found = asked(client)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE django_migrations SET name = rtrim(name, 'x') WHERE app = 'sessions'")
    assert (status, found["migrations"]) == (503, "are missing")


@pytest.mark.django_db
def test_a_storage_that_takes_nothing_is_not_ready(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    backend = "django.core.files.storage.FileSystemStorage"
    local = {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path / "files")}}
    settings.STORAGES = {**settings.STORAGES, "default": local}
    status, found = asked(client)
    assert (status, found["storage"]) == (503, "does not answer")


@pytest.mark.long
def test_what_hangs_is_not_waited_for_and_not_asked_again_meanwhile() -> None:
    end, asks = threading.Event(), []

    def hang() -> str:
        asks.append(1)
        end.wait(60)
        return "ok"

    ready = Readiness([Check("slow", hang), Check("quick", lambda: "ok")])
    assert ready.look() == (False, {"slow": "does not answer", "quick": "ok"})
    ready._is_kept_until = 0
    assert ready.look() == (False, {"slow": "does not answer", "quick": "ok"})
    assert len(asks) == 1
    end.set()
    ready._is_kept_until = 0
    assert ready.look()[0]


def test_many_callers_ask_once_and_get_what_is_kept() -> None:
    asks: list[int] = []

    def ask() -> str:
        asks.append(1)
        return "ok"

    ready = Readiness([Check("counted", ask)])
    for _ in range(50):
        assert ready.look() == (True, {"counted": "ok"})
    assert len(asks) == 1


def test_who_comes_while_another_asks_gets_what_was_found_before() -> None:
    going, end = threading.Event(), threading.Event()

    def ask() -> str:
        going.set()
        assert end.wait(60)
        return "ok"

    end.set()
    ready = Readiness([Check("one", ask)])
    ready.look()
    ready._is_kept_until = 0
    going.clear()
    end.clear()
    first = threading.Thread(target=ready.look)
    first.start()
    try:
        assert going.wait(60)
        assert ready.look() == (True, {"one": "ok"})
        assert first.is_alive()
    finally:
        end.set()
        first.join()
