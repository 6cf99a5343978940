"""Fixtures of every test: the browser, and a cache that starts empty."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django import DjangoDbBlocker

from accounts.utils import patience
from api.quota.counter import counter
from tests import browser, crossed, order, template

pytest_plugins = ["tests.fixtures"]

# A busy machine is no failure of the code under test.
hypothesis.settings.register_profile("craft", deadline=None)
hypothesis.settings.load_profile("craft")


gc.disable()  # until all is loaded


def pytest_collection_finish() -> None:
    """Collect what tests leave, and seldom: to look at all that is loaded takes a tenth of their time."""
    gc.freeze()
    gc.set_threshold(100_000)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens a browser, so that `-m "not browser"` leaves it out; set the order."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    crossed.mark_variants(items)
    order.arrange(items)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The test database is a copy of the template, which may still be in the making."""
    template.name()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Before the test database is dropped, end what a live server's threads have left open in it."""
    yield
    patience.stop_counting()  # which the last request of the last test began
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """No test sees what another left in the cache, throttles included."""
    cache.clear()
    counter.cache_clear()


@pytest.fixture(autouse=True)
def patient() -> None:
    """No test waits for the database only as long as a request of the test before it had left."""
    patience.stop_counting()


@pytest.fixture(autouse=True)
def no_pending_uses() -> None:
    """No test writes uses of keys and grants that another test made: the ids come again."""
    from api.oauth.services import last_use as grants
    from apikeys import usage as keys

    for buffer in (keys.BUFFER, grants.BUFFER):
        buffer.discard()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser: the machine's own if it has one, and quiet on the network."""
    # Playwright keeps an event loop in this thread until the end, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": browser.on_path(), "args": browser.FLAGS}
