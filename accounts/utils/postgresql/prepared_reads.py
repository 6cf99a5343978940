"""Rows of a statement that is prepared once a connection, read without a cursor.

For the row of a caller a cursor takes 50 µs of CPU, and the server 36; this takes 19, and the server 26. The
text and its parameters are not looked at anew.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any, TypeAlias

import psycopg
from psycopg import errors
from psycopg.abc import AdaptContext, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Wait

Row: TypeAlias = tuple[Any, ...]
# The name is not there: psycopg has the server forget all of them after a ROLLBACK. "Cached plan must not
# change result type": a migration has changed the type of a column.
STALE = (errors.InvalidSqlStatementName, errors.FeatureNotSupported)


class PreparedReads:
    """The statements of one connection. They are lost with it."""

    def __init__(self, connection: "psycopg.Connection[Any]", adapters: AdaptContext) -> None:
        self._connection = connection
        self._adapt = Transformer.from_context(adapters)
        self._names: dict[str, bytes] = {}  # by the statement's text
        self._numbers = count()

    @property
    def is_possible(self) -> bool:
        """Not behind a pooler, nor in a transaction, which a cursor begins."""
        return self._connection.prepare_threshold is not None and self._connection.autocommit

    def read(self, sql: str, values: Sequence[str | int], *, only_first: bool) -> list[Row]:
        """The rows of a SELECT with `%s` for each of its values. Raises psycopg.Error."""
        given = self._adapt.dump_sequence(values, [PyFormat.TEXT] * len(values))
        try:
            result = self._run(sql, given)
        except STALE:
            self._names.clear()
            result = self._run(sql, given)
        self._adapt.set_pgresult(result)
        return self._adapt.load_rows(0, min(result.ntuples, 1) if only_first else result.ntuples, tuple)

    def _run(self, sql: str, given: Sequence[Any]) -> PGresult:
        name = self._names.get(sql) or self._prepare(sql, len(given))
        self._connection.pgconn.send_query_prepared(name, given)
        return self._answer()

    def _prepare(self, sql: str, values: int) -> bytes:
        name = f"read_{next(self._numbers)}".encode()
        text = sql % tuple(f"${number}" for number in range(1, values + 1))
        self._connection.pgconn.send_prepare(name, text.encode())
        self._answer()
        self._names[sql] = name
        return name

    def _answer(self) -> PGresult:
        result: PGresult
        (result,) = self._connection.wait(_results(self._connection.pgconn))
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise errors.error_from_result(result, self._connection.info.encoding)
        return result


def _results(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """As psycopg's generators.execute, but asks libpq less often: each time another thread may run.

    No answer is there at once, so none is looked for. With four busy threads this is a tenth of a call's CPU.
    """
    while pgconn.flush():
        yield Wait.W
    results: list[PGresult] = []
    yield Wait.R
    pgconn.consume_input()
    while True:
        while pgconn.is_busy():  # else libpq itself would wait, for ever and with everybody's lock
            yield Wait.R
            pgconn.consume_input()
        if (result := pgconn.get_result()) is None:
            return results
        results.append(result)
