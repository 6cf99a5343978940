"""Projects, files and deployments."""

import hashlib
import secrets
import threading
from urllib.parse import urlsplit

from tests.drill.load.keys import Keys
from tests.drill.load.people import Person
from tests.drill.load.register import Register
from tests.drill.load.world import DICE, Credential

KIND = "uploads and deployments"
PATHS = [f"f{number}.txt" for number in range(8)]
RAW = {"Accept": "application/octet-stream"}
SIZES = (200, 5_000, 50_000, 400_000)
MOST_DEPLOYMENTS = 10


class Deployment:
    """What was published, and never changes."""

    def __init__(self, uid: str, host: str) -> None:
        self.uid, self.host, self.live = uid, host, Register(True)
        self.seen: dict[str, str] = {}  # path → digest, "" where there is none


class Files:
    """A project of a person."""

    def __init__(self, person: Person, keys: Keys) -> None:
        self.person, self._keys = person, keys
        answer = person.act(KIND, "POST", "/v1/projects", {201}, json_body={"name": "Load"})
        self.path = f"/v1/projects/{answer.data['id']}"
        self.contents: dict[str, Register[str]] = {path: Register("") for path in PATHS}
        self.deployments: list[Deployment] = []
        self._lock = threading.Lock()

    def _credential(self) -> Credential:
        return DICE.choice(self._keys.pick().secrets) if DICE.random() < 0.5 else self.person.session()

    def upload(self) -> None:
        """Write a file, raw."""
        path, content = DICE.choice(PATHS), secrets.token_bytes(DICE.choice(SIZES))
        change = self.contents[path].begin(digest_of(content))
        headers = {"Content-Type": "text/plain"}
        answer = self.person.use(
            KIND, self._credential(), "PUT", f"{self.path}/files/{path}", "write", {200, 201},
            headers=headers, body=content,
        )  # fmt: skip
        change.done() if answer.status in (200, 201) else change.refused()

    def delete(self) -> None:
        """Delete a file."""
        path = DICE.choice(PATHS)
        change = self.contents[path].begin("")
        where = f"{self.path}/files/{path}"
        answer = self.person.use(KIND, self._credential(), "DELETE", where, "delete", {200, 404})
        change.done() if answer.status == 200 else change.refused()
        if answer.status == 404 and "" not in self.contents[path].possible(answer.began, answer.ended):
            self.person.world.fault(KIND, f"{path} is not there to be deleted")

    def read(self) -> None:
        """Read one."""
        self.check(DICE.choice(PATHS), self._credential())

    def check(self, path: str, credential: Credential) -> None:
        """It holds what it may hold."""
        where = f"{self.path}/files/{path}"
        answer = self.person.use(KIND, credential, "GET", where, "read", {200, 404}, headers=RAW)
        if answer.status in (200, 404):
            found = digest_of(answer.body) if answer.status == 200 else ""
            possible = self.contents[path].possible(answer.began, answer.ended)
            if found not in possible:
                self.person.world.fault(KIND, f"{path} is {found[:8]!r}, not one of {possible}")

    def deploy(self) -> None:
        """Publish it all; when there are many, take one back."""
        live = [each for each in list(self.deployments) if each.live.now() == {True}]
        if len(live) >= MOST_DEPLOYMENTS:
            return self._take_back(DICE.choice(live))
        where = f"{self.path}/deployments"
        answer = self.person.use(KIND, self._credential(), "POST", where, "write", {201})
        if answer.status != 201:
            return None
        made = Deployment(answer.data["id"], urlsplit(answer.data["url"]).netloc)
        files = {path: each.possible(answer.began, answer.ended) for path, each in self.contents.items()}
        for path in DICE.sample(PATHS, 2):
            found = self._published(made, path)
            if found is not None and found not in files[path]:
                self.person.world.fault(KIND, f"{path} was published as {found[:8]!r}, not {files[path]}")
        with self._lock:
            self.deployments.append(made)
        return None

    def visit(self) -> None:
        """A stranger opens a published page."""
        if self.deployments:
            self._published(DICE.choice(self.deployments), DICE.choice(PATHS))

    def _published(self, deployment: Deployment, path: str) -> str | None:
        """The digest of what is served, "" for nothing; None where it is not served at all."""
        facts = (deployment.live, self.person.active)
        answer = self.person.world.send(KIND, "GET", f"/{path}", host=deployment.host)
        self.person.world.expect(KIND, f"a published {path}", answer, {200, 404})
        met = [fact.possible(answer.began, answer.ended) for fact in facts]
        if not all(True in each for each in met):
            if answer.status == 200:
                self.person.world.fault(KIND, f"{path} is published still")
            return None
        if answer.status == 404 and any(False in each for each in met):
            return None
        found = digest_of(answer.body) if answer.status == 200 else ""
        if deployment.seen.setdefault(path, found) != found:
            self.person.world.fault(KIND, f"{path} of a deployment has changed")
        return found

    def _take_back(self, deployment: Deployment) -> None:
        change = deployment.live.begin(False)
        where = f"{self.path}/deployments/{deployment.uid}"
        answer = self.person.use(KIND, self._credential(), "DELETE", where, "delete", {200, 404})
        # 404: another caller was faster, whose change says when.
        change.done() if answer.status == 200 else change.refused()


def digest_of(content: bytes) -> str:
    """What tells contents apart."""
    return hashlib.sha256(content).hexdigest()
