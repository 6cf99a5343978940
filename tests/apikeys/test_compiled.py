"""Look-ups by statements that are prepared once a connection, and what a connection that is lost costs."""

import psycopg
import pytest
from django.db import DataError, OperationalError, connection, transaction
from django.db.models.expressions import RawSQL
from psycopg.pq import TransactionStatus

from accounts.models import User
from accounts.utils import patience
from accounts.utils.compiled_query import CompiledQuery
from tests.fixtures import API

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to lose"),
]
NAMES = CompiledQuery(lambda email: User.objects.filter(email=email).values_list("name"))
IDS = CompiledQuery(lambda pk: User.objects.filter(pk=RawSQL("%s::bigint", [pk])).values_list("name"))
ADDRESSES = CompiledQuery(lambda plan: User.objects.filter(plan=plan).order_by("email").values_list("email"))


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


def look_up_often() -> set[object]:
    return {NAMES.one("alice@example.com") for _ in range(3)}


def test_what_is_prepared_is_gone_with_its_connection(alice: User) -> None:
    assert look_up_often() == {("Alice Owner",)}
    connection.close()
    assert look_up_often() == {("Alice Owner",)}


def prepared_statements() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%accounts_user%'")
        return [name for (name,) in cursor.fetchall()]


def test_a_statement_is_prepared_once_a_connection(alice: User) -> None:
    connection.close()
    look_up_often()
    assert len(prepared_statements()) == 1


def test_behind_a_pooler_nothing_is_prepared(alice: User) -> None:
    connection.close()
    connection.ensure_connection()
    connection.connection.prepare_threshold = None
    assert look_up_often() == {("Alice Owner",)}
    assert prepared_statements() == []
    connection.close()


def test_the_first_statement_of_a_transaction_is_in_it(alice: User) -> None:
    assert NAMES.one("alice@example.com") == ("Alice Owner",)
    with transaction.atomic():
        assert NAMES.one("alice@example.com") == ("Alice Owner",)
        assert connection.connection.info.transaction_status == TransactionStatus.INTRANS
        assert NAMES.one("alice@example.com") == ("Alice Owner",)


def test_after_a_transaction_that_was_rolled_back_the_statement_is_prepared_anew(alice: User) -> None:
    assert look_up_often() == {("Alice Owner",)}
    with transaction.atomic():
        for _ in range(6):  # so that psycopg prepares, and then lets go, statements of its own
            NAMES.one("alice@example.com")
        transaction.set_rollback(True)
    User.objects.count()  # before the next statement of its own it does let them go
    assert prepared_statements() == []
    assert look_up_often() == {("Alice Owner",)}
    assert len(prepared_statements()) == 1


def test_a_column_of_another_type_by_now_is_read_by_a_statement_prepared_anew(alice: User) -> None:
    def change_type_of_name(kind: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE accounts_user ALTER name TYPE {kind}")

    assert NAMES.one("alice@example.com") == ("Alice Owner",)
    change_type_of_name("text")
    try:
        assert NAMES.one("alice@example.com") == ("Alice Owner",)
    finally:
        change_type_of_name("varchar(100)")
        connection.close()


def test_a_refused_statement_raises_what_django_names_and_leaves_the_connection_usable(alice: User) -> None:
    with pytest.raises(DataError, match="NUL"):
        NAMES.one("alice\0@example.com")
    with pytest.raises(DataError, match="bigint"):
        IDS.one("alice")
    assert NAMES.one("alice@example.com") == ("Alice Owner",)


def test_one_is_the_first_and_all_are_all(alice: User, bob: User) -> None:
    assert ADDRESSES.one("free") == ("alice@example.com",)
    assert ADDRESSES.all("free") == [("alice@example.com",), ("bob@example.com",)]


def read(sql: str, *values: str | int) -> list[tuple[object, ...]]:
    connection.ensure_connection()
    rows: list[tuple[object, ...]] = connection.connection.read(sql, values, only_first=False)
    return rows


def test_what_does_not_fit_into_one_packet_is_sent_and_read_to_its_end() -> None:
    long = "long" * 2_000_000
    assert read("SELECT %s::text AS text, n FROM generate_series(1, 2) AS n", long) == [(long, 1), (long, 2)]


def test_an_answer_that_stops_half_way_is_not_waited_for_longer_than_one_that_never_comes() -> None:
    read("SELECT 1")
    patience.begin(0.5)
    with pytest.raises(psycopg.OperationalError, match="did not answer in time"):
        # The server sends what fills its buffer, and then sleeps.
        read(
            "SELECT repeat('x', 100000), CASE n WHEN 2 THEN pg_sleep(%s) END FROM generate_series(1, 2) AS n",
            3,
        )
    patience.stop_counting()
    connection.close()
