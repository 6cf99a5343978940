"""Whether a server answers a case as it should."""

import http.client

from tests.bench.cases import Case
from tests.bench.load import Request


class WrongAnswer(Exception):
    """The message says which."""


def check(case: Case, port: int, request: Request) -> None:
    """Send one request of the case; the answer's status and what its body holds must be the case's."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            request.method, request.path, (request.body * request.times).encode() or None, request.headers
        )
        response = connection.getresponse()
        body = response.read().decode()
    finally:
        connection.close()
    if response.status not in case.statuses or case.contains not in body:
        raise WrongAnswer(f"{case.key}: {response.status}\n{body[:500]}")
