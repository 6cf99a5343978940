"""Alice's day at a real server: calls by key, a page, an app that refreshes its tokens, new keys."""

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.drill.report import Row
from tests.e2e.server import Server

PASSWORD = "correct-horse-battery"
CALLBACK = "https://app.example/callback"
CODES = 4  # one is enough, unless a refresh is lost on the way
MOST_KEYS = 40  # of 50 that one may have
CREATE_USER = """
from accounts.services import create_user
answer = create_user(name="Alice", **given).pk
"""
PREPARE = f"""
from accounts.models import User
from accounts.web.client import NOBODY
from api.oauth.models import Application
from api.oauth.services.codes import issue_code
from apikeys.scopes import Scope
from tests.sessions import cookies_of
user, app = User.objects.get(email=given["email"]), Application.objects.get(client_id=given["client_id"])
asked = dict(redirect_uri={CALLBACK!r}, code_challenge="", client=NOBODY, was_asked=True)
answer = {{
    "cookies": cookies_of(user),
    "codes": [issue_code(user, app, [Scope.READ], **asked) for _ in range({CODES})],
}}
"""


class Callers:
    """An account of their own, and what was acknowledged to it."""

    def __init__(self, server: Server, plan: str = "internal") -> None:
        self.server = server
        self.email = email = f"{secrets.token_hex(4)}@example.com"
        server.shell.ask(CREATE_USER, {"email": email, "password": PASSWORD, "plan": plan})
        self.key = server.manage("create_api_key", email, "--name", "Drill", "--permission", "read-only")
        app = server.manage("create_oauth_app", email, "--name", "App", "--redirect-uri", CALLBACK)
        made = json.loads(app)
        self._app = {name: made[name] for name in ("client_id", "client_secret")}
        prepared = server.shell.ask(PREPARE, {"email": email, "client_id": made["client_id"]})
        cookies = prepared["cookies"]
        self.known_browser: str = cookies["known_browser"]  # in which the password is enough
        self._session = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
        }
        self.keys: list[str] = []
        self._pairs = [self._exchange(code) for code in prepared["codes"]]

    @contextmanager
    def calling(self, row: Row) -> Iterator[None]:
        """All of it at once, for as long as the block runs: more callers than the server has threads."""
        with ExitStack() as stack:
            for do, threads, pause in (
                (self.get_me, 8, 0.1),
                (self.open_page, 2, 0.2),
                (self.refresh, 1, 0.3),
                (self.create_key, 1, 0.5),
            ):
                stack.enter_context(row.calling(do, threads=threads, pause=pause))
            yield

    def get_me(self) -> int:
        return self.server.call("GET", "/v1/me", self.key)[0]

    def open_page(self) -> int:
        """With the cookie of a session that is over, which the page has to look for."""
        return self.server.call("GET", "/login/", Cookie=f"sessionid={'x' * 32}")[0]

    def refresh(self) -> int:
        """The newest refresh token; again the same one after 503, which says that nothing was changed."""
        asked = {"grant_type": "refresh_token", "refresh_token": self._pairs[-1]["refresh_token"]}
        status, answer = self.server.call("POST", "/v1/oauth/token", json_body=asked | self._app)
        if status == 200:
            self._pairs[-1] = json.loads(answer)
        elif status == 400:
            self._pairs.pop()
        return status

    def create_key(self) -> int:
        if len(self.keys) >= MOST_KEYS:
            return self.get_me()
        body = {"name": secrets.token_hex(8), "permission": "read-only"}
        status, answer = self.server.call("POST", "/v1/api-keys", json_body=body, **self._session)
        if status == 201:
            self.keys.append(json.loads(answer)["data"]["key"])
        return status

    def count_lost(self) -> int:
        """How much of what was acknowledged does not answer: keys, and the newest tokens."""
        held = [*self.keys, *(pair["access_token"] for pair in self._pairs)]
        return sum(self.server.call("GET", "/v1/me", each)[0] != 200 for each in held)

    def _exchange(self, code: str) -> Any:
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        status, answer = self.server.call("POST", "/v1/oauth/token", json_body=asked | self._app)
        assert status == 200, answer
        return json.loads(answer)
