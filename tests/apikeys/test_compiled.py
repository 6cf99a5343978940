"""A connection that the database closed costs one more try, outside of a transaction."""

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from accounts.utils.compiled_query import CompiledQuery
from tests.fixtures import API

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to lose"),
]
NAMES = CompiledQuery(lambda email: User.objects.filter(email=email).values_list("name"))


def end_connection() -> None:
    """End this thread's connection at the server, which takes its open transaction along."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
            assert cursor.fetchone() == (True,)
    finally:
        other.close()


def test_a_lost_connection_is_opened_again(alice: User) -> None:
    assert NAMES.one("alice@example.com") == ("Alice Owner",)
    for _ in range(2):
        end_connection()
        assert NAMES.one("alice@example.com") == ("Alice Owner",)
    end_connection()
    assert NAMES.one("nobody@example.com") is None


def test_a_call_after_the_database_closed_the_connection_is_answered(
    api: API, read_only: tuple[object, str]
) -> None:
    assert api("GET", "/v1/me", read_only[1]).status_code == 200
    end_connection()
    assert api("GET", "/v1/me", read_only[1]).status_code == 200


def look_up_in_a_lost_transaction() -> None:
    with transaction.atomic():
        end_connection()
        NAMES.one("alice@example.com")


def test_in_a_transaction_there_is_no_second_try_since_its_first_half_is_lost(alice: User) -> None:
    with pytest.raises(OperationalError, match="terminating connection"):
        look_up_in_a_lost_transaction()
    assert NAMES.one("alice@example.com") == ("Alice Owner",)
