"""OAuth: consent, codes, tokens, and what ends them."""

import secrets
import threading
import time
from collections import deque
from urllib.parse import parse_qs, urlencode, urlsplit

from api.oauth.protocol.validator import RETRY_WINDOW
from tests.deploy.nginx import WEB
from tests.drill.load.people import Person
from tests.drill.load.register import Register, Together
from tests.drill.load.world import DICE, Answer, Credential

KIND, ENDS = "OAuth", "OAuth's ends"
CALLBACK = "https://app.example/callback"
RETRY_SECONDS = RETRY_WINDOW.total_seconds()
CODE_SECONDS = 40  # of 60: whatever a busy machine takes
App = dict[str, str]  # client_id, client_secret


class Family:
    """All tokens of one exchange. Who changes it holds its lock."""

    def __init__(self, access: "Connection") -> None:
        self.alive = access.families.add(access.person.acting.add(Register(True)))
        self.lock = threading.Lock()
        self.access: list[Credential] = []  # the newest last
        self.refresh: list[str] = []
        self.code, self.until = "", 0.0
        self.spent_at = 0.0  # when the first refresh token was spent


class Connection:
    """What an app holds of a person."""

    def __init__(self, person: Person, app: App) -> None:
        self.person, self.app = person, app
        self.families = Together(ends_what_is_made=False)  # what disconnecting ends
        self.kept: deque[Family] = deque(maxlen=20)

    # --- From consent to tokens
    def connect(self) -> None:
        """Authorize at the page, and exchange the code."""
        family, session = Family(self), self.person.session()
        asked = {
            "response_type": "code", "client_id": self.app["client_id"], "redirect_uri": CALLBACK,
            "scope": "read write delete", "state": secrets.token_hex(4),
        }  # fmt: skip
        answer = self.person.world.send(
            KIND, "POST", f"/oauth/authorize?{urlencode(asked)}", host=WEB, headers=session.headers,
            form={"answer": "allow"},
        )  # fmt: skip
        code = parse_qs(urlsplit(answer.headers["Location"] or "").query).get("code", [""])[0]
        if not code:
            family.alive.begin(False).done()
            if session.works():
                self.person.world.fault(KIND, f"no code: {answer.status} {answer.headers['Location']}")
            return
        family.code, family.until = code, answer.began + CODE_SECONDS
        self.families.made(family.alive)
        answer = self._token(KIND, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
        self._take(family, answer, "exchange")
        self.kept.append(family)

    def refresh(self) -> None:
        """New tokens for the newest; the old ones end."""
        with _Free(self) as family:
            if family and family.refresh:
                old = family.access[-1].facts[0].begin(False)
                answer = self._token(KIND, grant_type="refresh_token", refresh_token=family.refresh[-1])
                old.done() if answer.status == 200 else old.refused()
                if answer.status == 200 and len(family.refresh) == 1:
                    family.spent_at = answer.ended
                self._take(family, answer, "refresh")

    def use(self) -> None:
        """A call with any access token that there ever was."""
        if credential := self._any_access():
            self.person.read_me(KIND, credential)

    def introspect(self) -> None:
        """The app asks whether a token is live."""
        if credential := self._any_access():
            token = credential.headers["Authorization"].removeprefix("Bearer ")
            answer = self._post(KIND, "/v1/oauth/introspect", token=token)
            self.person.world.expect(KIND, "introspection", answer, {200})
            said = credential.outcomes("read", answer.began, answer.ended)
            if (200 if answer.data["active"] else 401) not in said:
                self.person.world.fault(KIND, f"introspection says {answer.data['active']}: {credential}")

    # --- Ends
    def revoke(self) -> None:
        """The app gives its tokens back."""
        with _Free(self) as family:
            if family and family.refresh:
                change = family.alive.begin(False)
                token = DICE.choice([family.refresh[-1], family.access[-1].headers["Authorization"][7:]])
                answer = self._post(ENDS, "/v1/oauth/revoke", token=token)
                self.person.world.expect(ENDS, "revocation", answer, {200})
                change.done()

    def replay(self) -> None:
        """A spent refresh token, or a spent code, comes back: the family ends."""
        with _Free(self) as family:
            if not family or not family.refresh:
                return
            is_code, now = len(family.refresh) == 1, time.monotonic()
            # Housekeeping deletes a code that has expired: what comes back later is just no code. And an app
            # that has lost an answer may send its refresh token once more.
            if now > family.until if is_code else now < family.spent_at + RETRY_SECONDS:
                return
            change = family.alive.begin(False)
            if not is_code:
                answer = self._token(ENDS, grant_type="refresh_token", refresh_token=family.refresh[0])
            else:
                asked = {"grant_type": "authorization_code", "code": family.code, "redirect_uri": CALLBACK}
                answer = self._token(ENDS, **asked)
            self.person.world.expect(ENDS, "a replay", answer, {400})
            change.done()

    def disconnect(self) -> None:
        """The person takes the app's access away."""
        changes = self.families.begin()
        path = f"/v1/connected-apps/{self.app['client_id']}"
        answer = self.person.act(ENDS, "DELETE", path, {200, 404})
        self.families.end(changes, is_done=answer.status == 200)

    def _any_access(self) -> Credential | None:
        made = [each for family in list(self.kept) for each in family.access[-3:]]
        return DICE.choice(made) if made else None

    def _take(self, family: Family, answer: Answer, what: str) -> None:
        alive = family.alive.possible(answer.began, answer.ended)
        gone = False in alive or False in self.person.active.possible(answer.began, answer.ended)
        self.person.world.expect(
            KIND, what, answer, ({200} if True in alive else set()) | ({400} if gone else set())
        )
        if answer.status == 200:
            headers = {"Authorization": f"Bearer {answer.data['access_token']}"}
            access = Credential(headers, Register(True), family.alive, self.person.active)
            family.access.append(access)
            family.refresh.append(answer.data["refresh_token"])

    def _token(self, kind: str, **asked: str) -> Answer:
        return self._post(kind, "/v1/oauth/token", **asked)

    def _post(self, kind: str, path: str, **asked: str) -> Answer:
        return self.person.world.send(kind, "POST", path, form=asked | self.app)


class _Free:
    """A family that nobody else changes meanwhile; None when there is none."""

    def __init__(self, connection: Connection) -> None:
        kept = list(connection.kept)
        self._family = DICE.choice(kept[-6:]) if kept else None

    def __enter__(self) -> Family | None:
        if self._family is not None and not self._family.lock.acquire(blocking=False):
            self._family = None
        return self._family

    def __exit__(self, *_: object) -> None:
        if self._family is not None:
            self._family.lock.release()
