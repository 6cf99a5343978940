"""API keys: made, used, rested, exchanged, ended, and called with afterwards."""

import secrets
import threading
from collections import Counter

from apikeys.tokens import CHECKSUM_LENGTH, checksum
from tests.drill.load.people import Person
from tests.drill.load.register import Register
from tests.drill.load.world import DICE, Answer, Credential

KIND, ENDS = "keys", "rotations and revocations"
SCOPES = {"read-only": "read", "read-write": "read write delete"}
MOST_LIVE, GRACE = 8, 3600


class Secret(Credential):
    """One secret of a key."""

    def __init__(self, raw_key: str, key: "Key") -> None:
        self.works_itself = Register(True)
        facts = (self.works_itself, key.enabled, key.live, key.person.active)
        super().__init__({"Authorization": f"Bearer {raw_key}"}, *facts)
        self.key, self.counted = key, key.counted

    def scopes(self, began: float, ended: float) -> set[str]:
        return {SCOPES[each] for each in self.key.permission.possible(began, ended)}


class Key:
    """One key. Who changes it holds its lock; who uses it does not."""

    def __init__(self, person: Person) -> None:
        self.person, self.lock = person, threading.Lock()
        self.permission = Register(DICE.choice(list(SCOPES)))
        self.enabled = person.acting.add(Register(True))
        self.live = Register(True)
        self.counted: Counter[str] = Counter()
        self.secrets: list[Secret] = []
        self.uid = ""
        self.is_stuck = False  # a rotation that an end came between

    def act(self, kind: str, action: str, good: set[int], method: str = "POST", **request: object) -> Answer:
        """Something that its owner does to it by a session."""
        path = f"/v1/api-keys/{self.uid}" + (f"/{action}" if action else "")
        return self.person.act(kind, method, path, good, **request)


class Keys:
    """All keys that a person ever made."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.all: list[Key] = []
        self.guesses = 0
        self._lock = threading.Lock()
        self.create()

    def create(self) -> None:
        """A new one, unless there are many."""
        if sum(True in key.live.now() for key in self.all) >= MOST_LIVE:
            return self.delete()
        key = Key(self.person)
        (permission,) = key.permission.now()
        asked = {"name": secrets.token_hex(8), "permission": permission}
        answer = self.person.act(KIND, "POST", "/v1/api-keys", {201}, json_body=asked)
        if answer.status != 201:
            return None
        key.uid = answer.data["id"]
        key.secrets.append(Secret(answer.data["key"], key))
        self.person.note("key_created")
        with self._lock:
            self.all.append(key)
        return None

    def pick(self) -> Key:
        """Mostly a newer one."""
        return DICE.choice(self.all[-3 * MOST_LIVE :] if DICE.random() < 0.9 else self.all)

    def use(self) -> None:
        """A call with any secret that there ever was."""
        if self.all:
            self.person.read_me(KIND, DICE.choice(self.pick().secrets))

    def guess(self) -> None:
        """A secret that is wrong is never right."""
        if self.all:
            raw_key = DICE.choice(self.pick().secrets).headers["Authorization"]
            wrong = with_other_secret(raw_key)
            self.person.use(KIND, Credential({"Authorization": wrong}, Register(False)), "GET", "/v1/me")
            with self._lock:
                self.guesses += 1

    def rest(self) -> None:
        """Disabled, or enabled again."""
        with _One(self) as key:
            if key and key.live.now() == {True}:
                is_on = True in key.enabled.now()
                change = key.enabled.begin(not is_on)
                answer = key.act(ENDS, "disable" if is_on else "enable", {200})
                change.done() if answer.status == 200 else change.refused()

    def change(self) -> None:
        """May do more, or less."""
        with _One(self) as key:
            if key and key.live.now() == {True}:
                other = "read-only" if key.permission.now() == {"read-write"} else "read-write"
                change = key.permission.begin(other)
                answer = key.act(ENDS, "", {200}, "PATCH", json_body={"permission": other})
                change.done() if answer.status == 200 else change.refused()

    def delete(self) -> None:
        """By its owner, or by itself."""
        with _One(self) as key:
            if not key or key.live.now() != {True}:
                return
            change = key.live.begin(False)
            if DICE.random() < 0.3 and key.permission.now() == {"read-write"}:
                answer = self.person.use(ENDS, key.secrets[-1], "DELETE", "/v1/auth", "delete")
            else:
                answer = key.act(ENDS, "", {200}, "DELETE")
            change.done() if answer.status == 200 else change.refused()
            if answer.status == 200:
                self.person.note("key_deleted")

    def restore(self) -> None:
        """Undo a deletion."""
        with _One(self) as key:
            if key and key.live.now() == {False} and sum(True in k.live.now() for k in self.all) < 40:
                change = key.live.begin(True)
                answer = key.act(ENDS, "restore", {200})
                change.done() if answer.status == 200 else change.refused()

    def rotate(self) -> None:
        """Exchange the secret, in one of three ways."""
        with _One(self) as key:
            if not key or key.is_stuck or key.live.now() != {True}:
                return
            way = DICE.choice((_by_use, _by_finish, _by_cancel))
            grace = 0 if way is _by_use else GRACE
            answer = key.act(ENDS, "rotate", {200, 409}, json_body={"grace": grace})
            if answer.status == 409 and False not in key.enabled.possible(answer.began, answer.ended):
                self.person.world.fault(ENDS, f"rotate is 409: {answer.body!r}")
            if answer.status == 200:
                self.person.note("key_rotated")
                way(key, Secret(answer.data["key"], key))


def with_other_secret(bearer: str) -> str:
    """The same key's name, another secret, and the checksum that fits."""
    body = bearer.removeprefix("Bearer ")[:-CHECKSUM_LENGTH]
    body = body[:-1] + ("A" if body[-1] != "A" else "B")
    return f"Bearer {body}{checksum(body)}"


def _by_use(key: Key, new: Secret) -> None:
    """The old secret is over with the first use of the new one."""
    old = key.secrets[-1].works_itself.begin(False)
    answer = key.person.use(ENDS, new, "GET", "/v1/me")
    key.secrets.append(new)
    if answer.status == 200:
        old.done()
    else:  # it was not let in: the next use, whosoever, may be the first
        key.is_stuck = True


def _by_finish(key: Key, new: Secret) -> None:
    """Both work until it is finished."""
    old = key.secrets[-1]
    key.secrets.append(new)
    for each in (new, old):
        key.person.use(ENDS, each, "GET", "/v1/me")
    change = old.works_itself.begin(False)
    answer = key.act(ENDS, "rotation/finish", {200})
    if answer.status == 200:
        change.done()
        key.person.note("key_rotated")
    else:
        change.refused()
        key.is_stuck = True


def _by_cancel(key: Key, new: Secret) -> None:
    """The new secret is none any more: its calls are counted for nobody."""
    new.counted = None
    change = new.works_itself.begin(False)
    answer = key.act(ENDS, "rotation/cancel", {200})
    if answer.status == 200:
        change.done()
        key.person.note("key_rotated")
        key.person.use(ENDS, new, "GET", "/v1/me")
    else:
        key.is_stuck = True


class _One:
    """A key that nobody else changes meanwhile; None when it is taken."""

    def __init__(self, keys: Keys) -> None:
        self._key = keys.pick() if keys.all else None

    def __enter__(self) -> Key | None:
        if self._key is not None and not self._key.lock.acquire(blocking=False):
            self._key = None
        return self._key

    def __exit__(self, *_: object) -> None:
        if self._key is not None:
            self._key.lock.release()
