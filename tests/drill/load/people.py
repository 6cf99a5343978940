"""A person: sessions, and the account that is switched off and on."""

import re
import secrets
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from tests.deploy.nginx import WEB
from tests.drill.load.register import Register, Together
from tests.drill.load.world import DICE, FORBIDDEN, UNAUTHORIZED, Answer, Credential, World

PASSWORD = "correct-horse-battery"
KIND, ACCOUNT = "sessions", "deactivations"
ORIGIN = f"https://{WEB}"
MAKE = """
from accounts.services import create_user
from tests.sessions import known_browser_of
user = create_user(email=given["email"], password=given["password"], name="Load")
answer = known_browser_of(user)
"""
SWITCH = """
from accounts.models import User
from accounts.services import switch_account
from tests.sessions import known_browser_of
user = User.objects.get(email=given["email"])
switch_account(user, active=given["active"])
answer = known_browser_of(user)
"""
SESSION, CSRF = "sessionid", "csrftoken"


class Session(Credential):
    """The cookies of a browser."""

    def __init__(self, cookies: dict[str, str], alive: Register[bool], *others: Register[bool]) -> None:
        text = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = {"Cookie": text, "X-CSRFToken": cookies[CSRF], "Origin": ORIGIN}
        super().__init__(headers, alive, *others, scopes="read write delete admin")
        self.alive = alive


class Person:
    """Somebody with an account, and all that acts for it."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.email = f"load{number}@example.com"
        self._known = world.server.shell.ask(MAKE, {"email": self.email, "password": PASSWORD})
        self.active = Register(True)
        self.name = Register("Load")
        self.acting = Together(ends_what_is_made=True)  # what a deactivation ends, or disables
        self.sessions: deque[Session] = deque(maxlen=30)
        self.events: Counter[str] = Counter()  # what the security log must have
        self.calls = 0  # that its plan counts
        self._lock = threading.Lock()
        self._switching = threading.Lock()
        self.sign_in()

    # --- Sessions
    def sign_in(self) -> None:
        """Sign in at the page, in a browser that the account knows."""
        page = self.world.send(KIND, "GET", "/login/", host=WEB)
        cookies = dict(self._known) | {CSRF: cookies_of(page)[CSRF]}
        alive = self.acting.add(Register(True))
        session = Session(cookies, alive, self.active)
        answer = self.world.send(
            KIND,
            "POST",
            "/login/",
            host=WEB,
            headers=session.headers,
            form={"login": self.email, "password": PASSWORD},
        )
        set_now = cookies_of(answer)
        if (
            answer.headers["Location"] == "/settings/"
        ):  # else there is a session, in which nobody is signed in
            self.note("login")
            self.sessions.append(Session(cookies | set_now, alive, self.active))
            return
        alive.begin(False).done()
        if False not in self.active.possible(answer.began, answer.ended):
            self.world.fault(KIND, f"sign-in is {answer.status}, to {answer.headers['Location']}")

    def session(self) -> Session:
        """One that works, as far as known: the newest, else a new one."""
        if not self.sessions or not self.sessions[-1].works():
            self.sign_in()
        return self.sessions[-1] if self.sessions else Session({CSRF: "none"}, Register(False))

    def sign_out(self) -> None:
        """By the API or at the page."""
        session = self.session()
        change = session.alive.begin(False)
        if DICE.random() < 0.5:
            answer = self.use(KIND, session, "DELETE", "/v1/auth", "delete")
        else:
            answer = self.world.send(KIND, "POST", "/logout/", host=WEB, headers=session.headers, form={})
            self.world.expect(KIND, "POST /logout/", answer, {302})
        change.done() if answer.status in (200, 302) else change.refused()

    # --- The account
    def switch_off_and_on(self) -> None:
        """Staff deactivate it, and activate it again; what acted for it stays dead, keys disabled."""
        if not self._switching.acquire(blocking=False):
            return
        with held(self._switching):
            changes, change = self.acting.begin(), self.active.begin(False)
            self._switch(active=False)
            change.done()
            self.acting.end(changes, is_done=True)
            for _ in range(5):
                self.use(ACCOUNT, DICE.choice(self.sessions), "GET", "/v1/me")
            change = self.active.begin(True)
            self._switch(active=True)
            change.done()

    def _switch(self, *, active: bool) -> None:
        # The browsers that it knew are forgotten, too.
        self._known = self.world.server.shell.ask(SWITCH, {"email": self.email, "active": active})
        self.world.row(ACCOUNT).note(200, 0)

    def rename(self) -> None:
        """Another display name, by a session."""
        name = f"Load {secrets.token_hex(6)}"
        change = self.name.begin(name)
        answer = self.use(KIND, self.session(), "PATCH", "/v1/me", "write", json_body={"name": name})
        change.done() if answer.status == 200 else change.refused()

    def read_me(self, kind: str, credential: Credential) -> None:
        """The name is one that it may have."""
        answer = self.use(kind, credential, "GET", "/v1/me")
        if answer.status == 200:
            names = self.name.possible(answer.began, answer.ended)
            if answer.data["name"] not in names:
                self.world.fault(kind, f"the name is {answer.data['name']!r}, not one of {names}")

    def use(self, kind: str, credential: Credential, *request: Any, **more: Any) -> Answer:
        """As World.use, and what the plan counts is counted."""
        answer = self.world.use(kind, credential, *request, **more)
        if answer.status != UNAUTHORIZED:
            with self._lock:
                self.calls += 1
        return answer

    def act(self, kind: str, method: str, path: str, good: set[int], **request: Any) -> Answer:
        """A call of a session that needs a recent sign-in, which a deactivation under way takes back."""
        session = self.session()
        answer = self.use(kind, session, method, path, "admin", good | {FORBIDDEN}, **request)
        said = session.outcomes("admin", answer.began, answer.ended)
        if answer.status == FORBIDDEN and UNAUTHORIZED not in said:
            self.world.fault(kind, f"{method} {path} is 403: {answer.body!r}")
        return answer

    def note(self, event: str) -> None:
        """Something that the security log must have."""
        with self._lock:
            self.events[event] += 1


def cookies_of(answer: Answer) -> dict[str, str]:
    """The cookies that an answer sets."""
    jar = SimpleCookie()
    for line in answer.headers.get_all("Set-Cookie", []):
        jar.load(re.sub(r"(?i);\s*(samesite|httponly|secure)[^;]*", "", line))
    return {name: morsel.value for name, morsel in jar.items() if morsel.value}


@contextmanager
def held(lock: threading.Lock) -> Iterator[None]:
    """Release it at the end."""
    try:
        yield
    finally:
        lock.release()
