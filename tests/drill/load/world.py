"""Calls through nginx, each judged by what the model lets it answer."""

import http.client
import json
import secrets
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.deploy.nginx import API, WEB, Proxy
from tests.drill.load.register import Register
from tests.drill.report import Drill, Row
from tests.e2e.server import ANSWER_SECONDS, Server

DICE = secrets.SystemRandom()
IDLE_SECONDS = 20  # of nginx's 60
LET_IN, UNAUTHORIZED, FORBIDDEN = 200, 401, 403
OUTCOMES = {401: "refused", 403: "refused", 429: "limited"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and between which moments."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    began: float
    ended: float

    @property
    def data(self) -> Any:
        """What the envelope holds; the whole of an OAuth answer."""
        found = json.loads(self.body)
        return found.get("data", found)


class Credential:
    """Something to call with: it lets in while all its facts are True."""

    def __init__(
        self, headers: dict[str, str], *facts: Register[bool], scopes: str = "read write delete"
    ) -> None:
        self.headers, self.facts = headers, facts
        self.counted: Counter[str] | None = None  # answers by what they are counted as
        self._scopes = scopes

    def __str__(self) -> str:
        """What is known of it, without what it is."""
        return f"{type(self).__name__} {id(self):x} {[str(fact) for fact in self.facts]}"

    def outcomes(self, scope: str, began: float, ended: float) -> set[int]:
        """What its judge may have said in between: DICE = secrets.SystemRandom()
        IDLE_SECONDS = 20  # of nginx's 60
                LET_IN, UNAUTHORIZED, FORBIDDEN.
        """
        met = [fact.possible(began, ended) for fact in self.facts]
        found = {UNAUTHORIZED} if any(False in each for each in met) else set()
        if all(True in each for each in met):
            found |= {LET_IN if scope in each.split() else FORBIDDEN for each in self.scopes(began, ended)}
        return found

    def scopes(self, began: float, ended: float) -> set[str]:
        """What it may have been allowed to do."""
        return {self._scopes}

    def works(self) -> bool:
        """Whether it lets in for sure now."""
        return all(fact.now() == {True} for fact in self.facts)

    def note(self, status: int) -> None:
        """An answer came to who shows it."""
        if self.counted is not None:
            self.counted[outcome_of(status)] += 1


def outcome_of(status: int) -> str:
    """As `GET /v1/api-keys/{id}/usage` names it."""
    return OUTCOMES.get(status) or ("failed" if status >= 500 else "invalid" if status >= 400 else "ok")


class World:
    """The running Craft, and what was found."""

    def __init__(self, server: Server, proxy: Proxy, drill: Drill) -> None:
        self.server, self.proxy = server, proxy
        self.rows: dict[str, Row] = {}
        self.faults: list[str] = []
        self.answers: Counter[int] = Counter()
        self._drill, self._lock, self._own = drill, threading.Lock(), threading.local()
        self._connections: list[_Connection] = []

    def close(self) -> None:
        """End every connection."""
        for connection in self._connections:
            connection.close()

    def row(self, kind: str) -> Row:
        """The row of the table for this kind of traffic."""
        with self._lock:
            if kind not in self.rows:
                self.rows[kind] = self._drill.row(f"an hour's load: {kind}")
            return self.rows[kind]

    def send(
        self,
        kind: str,
        method: str,
        path: str,
        *,
        host: str = API,
        headers: dict[str, str] | None = None,
        json_body: Any = None,
        form: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request over this thread's connection to the host."""
        headers = dict(headers or {}) | {"Host": host}
        if json_body is not None:
            body, headers["Content-Type"] = json.dumps(json_body).encode(), "application/json"
        if form is not None:
            body = urlencode(form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection, began = self._connection(WEB if host == WEB else API), time.monotonic()
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self.row(kind).note(0, time.monotonic() - began)
            raise
        answer = Answer(response.status, response.headers, content, began, time.monotonic())
        self.row(kind).note(answer.status, answer.ended - began)
        with self._lock:
            self.answers[answer.status] += 1
        return answer

    def use(
        self,
        kind: str,
        credential: Credential,
        method: str,
        path: str,
        scope: str = "read",
        good: frozenset[int] | set[int] = frozenset({200}),
        **request: Any,
    ) -> Answer:
        """A call with a credential; `good` are the answers to one that is let in."""
        headers = credential.headers | request.pop("headers", {})
        answer = self.send(kind, method, path, headers=headers, **request)
        with self._lock:
            credential.note(answer.status)
        said = credential.outcomes(scope, answer.began, answer.ended)
        expected = (said - {LET_IN}) | (set(good) if LET_IN in said else set())
        self.expect(kind, f"{method} {path}", answer, expected, credential)
        return answer

    def expect(
        self, kind: str, what: str, answer: Answer, statuses: set[int], credential: Credential | None = None
    ) -> None:
        """A status that the model does not know of is a fault."""
        if answer.status not in statuses:
            told = answer.headers["WWW-Authenticate"] or answer.body[:300]
            facts = f" {credential}" if credential else ""
            self.fault(kind, f"{what} is {answer.status}, not {sorted(statuses)}: {told!r}{facts}")

    def fault(self, kind: str, sentence: str) -> None:
        """Something that must not be."""
        row = self.row(kind)
        with self._lock:
            row.lost += 1
            self.faults.append(f"{kind}: {sentence}")

    def _connection(self, name: str) -> http.client.HTTPSConnection:
        """One a thread and host; made anew where nginx may be about to close it."""
        found: dict[str, _Connection] = self._own.__dict__.setdefault("connections", {})
        if name not in found:
            found[name] = _Connection(name, self.proxy)
            self._connections.append(found[name])
        found[name].rest()
        return found[name]


class _Connection(http.client.HTTPSConnection):
    """To one of the host names, at the port of the proxy; opened anew when nginx has closed it."""

    def __init__(self, name: str, proxy: Proxy) -> None:
        context = ssl.create_default_context(cafile=str(proxy.folder / "certificate.pem"))
        super().__init__("127.0.0.1", proxy.port, timeout=ANSWER_SECONDS, context=context)
        self._name, self._tls, self._used_at = name, context, time.monotonic()

    def rest(self) -> None:
        """Close it when it has been idle for long."""
        now = time.monotonic()
        if now - self._used_at > IDLE_SECONDS:
            self.close()
        self._used_at = now

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._name)
