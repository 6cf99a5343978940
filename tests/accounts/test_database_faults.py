"""Which errors of the database are its bad day, told by provoking them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.utils import ConnectionHandler

from accounts.utils import patience
from accounts.utils.database_faults import is_away, reason_of
from tests.e2e.server import on_postgresql


def error_of(statement: str, *before: str) -> DatabaseError:
    with transaction.atomic(), connection.cursor() as cursor:
        for each in before:
            cursor.execute(each)
        with pytest.raises(DatabaseError) as info, transaction.atomic():
            cursor.execute(statement)
    return info.value


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        *((state, True) for state in ("08006", "53300", "53100", "57014", "57P01", "57P03", "58030")),
        *((state, True) for state in ("55P03", "25P03", "25P04", "25006")),
        *(
            (state, False)
            for state in ("40P01", "40001", "22012", "23505", "42P01", "42501", "0A000", "XX000")
        ),
    ],
)
def test_the_state_that_postgresql_names_decides(state: str, expected: bool) -> None:
    error = error_of(f"DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{state}'; END $$")
    assert is_away(error) is expected


@on_postgresql
@pytest.mark.django_db
def test_a_time_out_of_the_server_is_a_bad_day() -> None:
    assert is_away(error_of("SELECT pg_sleep(60)", "SET LOCAL statement_timeout = '10ms'"))


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["SELECT * FROM nothing", "SELEC", "INSERT INTO accounts_user DEFAULT VALUES"]
)
def test_a_mistake_of_ours_is_none(statement: str) -> None:
    assert not is_away(error_of(statement))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "make",
    [
        lambda folder: {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/none/db.sqlite3"},
        lambda folder: {"ENGINE": "accounts.utils.postgresql", "NAME": "craft", "HOST": str(folder)},
        lambda folder: {
            "ENGINE": "accounts.utils.postgresql",
            "NAME": "craft",
            "HOST": "127.0.0.1",
            "PORT": "1",
        },
    ],
)
def test_a_database_that_cannot_be_reached_is_away(
    make: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    other = ConnectionHandler({"default": {**make(tmp_path), "USER": "craft"}})["default"]
    with pytest.raises(DatabaseError) as info:
        other.ensure_connection()
    assert is_away(info.value)
    assert "\n" not in reason_of(info.value)


def test_a_connection_that_broke_within_a_transaction_is_away() -> None:
    assert is_away(InterfaceError("connection already closed"))


def test_other_errors_are_none_of_the_databases() -> None:
    assert not is_away(ValueError())
    assert not is_away(None)
    assert not is_away(DatabaseError())


@on_postgresql
@pytest.mark.django_db
def test_a_command_sets_time_outs_of_its_own_but_not_on_a_connection_that_a_pooler_shares() -> None:
    patience.stop_counting()
    found = []
    for threshold in (5, None):
        other = connection.copy()
        other.settings_dict["OPTIONS"] = {**other.settings_dict["OPTIONS"], "prepare_threshold": threshold}
        try:
            with other.cursor() as cursor:
                cursor.execute("SHOW lock_timeout")
                found += cursor.fetchone()
        finally:
            other.close()
    assert found == ["10s", "0"]
