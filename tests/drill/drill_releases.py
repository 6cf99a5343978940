"""An upgrade as docs/operating.md has it: the release before and this one on one database, while people call.

The release before is the newest tag, or where there is none the code before the newest migration.
"""

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from tests.drill.report import Drill, Row
from tests.e2e.server import DATABASE, ROOT, Server, new_database, on_postgresql
from tests.interop.person import Person

EMAIL, PASSWORD = "alice@example.com", "correct-horse-battery"
ROUNDS = 5
pytestmark = on_postgresql


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


def release_before() -> str:
    """A commit."""
    tags = git("tag", "--sort=-creatordate").decode().split()
    added = git("log", "-1", "--diff-filter=A", "--format=%H^", "--", "*/migrations/0*.py").decode().strip()
    return git("rev-parse", f"{tags[0]}^{{}}" if tags else added).decode().strip()


class Release(Server):
    """A server of some release, in a folder of its own, with the files of both."""

    def __init__(self, root: Path, folder: Path, database_url: str, files: Path) -> None:
        folder.mkdir()
        super().__init__(folder, database_url)
        self.root = root
        self.environ["STORAGE_URL"] = files.as_uri()

    def command(self, *arguments: str, stdin: str = "") -> str:
        """What a management command of that release prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def get(self, row: Row, path: str, key: str) -> str:
        """Read something that must be there."""
        status, body = self.call("GET", path, key)
        row.note(status, 0)
        row.lost += status != 200
        return body


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Release, Release]]:
    """The release before, serving on a database that it has made; and this one, not started."""
    old_root = tmp_path / "before"
    with tarfile.open(fileobj=io.BytesIO(git("archive", release_before()))) as archive:
        archive.extractall(old_root, filter="data")
    with new_database(tmp_path, f"{DATABASE}_releases", is_empty=True) as url:
        old = Release(old_root, tmp_path / "old", url, tmp_path / "files")
        new = Release(ROOT, tmp_path / "new", url, tmp_path / "files")
        old.command("migrate", "--verbosity", "0")
        old.command("create_user", EMAIL, "--plan", "internal", "--password-stdin", stdin=PASSWORD)
        old.start()
        try:
            yield old, new
        finally:
            old.stop()
            new.stop()


def test_two_releases_on_one_database(both: tuple[Release, Release], drill: Drill) -> None:
    old, new = both
    key = old.command("create_api_key", EMAIL, "--name", "Old", "--permission", "read-write")
    row = drill.row(f"migrated while {release_before()[:7]} serves")
    with row.calling(lambda: old.call("GET", "/v1/projects", key)[0]):
        new.command("migrate", "--verbosity", "0")
    assert row.seen.keys() == {200}

    row = drill.row("both releases serve, each does what the other reads")
    new.start()
    newer_key = new.command("create_api_key", EMAIL, "--name", "New", "--permission", "read-write")
    for number, (here, there) in zip(range(ROUNDS * 2), cycle([(old, new), (new, old)]), strict=False):
        work(here, there, [key, newer_key][number % 2], number, row)
    walk(old, new, row)
    row.note(*ended_here_is_ended_there(old, new, key, newer_key), 0)
    assert row.lost == 0
    assert not {status for status in row.seen if status == 0 or status >= 500}

    row = drill.row("the release before stops, as the last step")
    with row.calling(lambda: new.call("GET", "/v1/projects", newer_key)[0]):
        assert old.stop() == 0
    assert row.seen.keys() == {200}


def work(here: Release, there: Release, key: str, number: int, row: Row) -> None:
    """A project and its file, made by one release, read and changed by the other."""
    status, body = here.call("POST", "/v1/projects", key, json_body={"name": f"Project {number}"})
    row.note(status, 0)
    path = f"/v1/projects/{json.loads(body)['data']['id']}"
    file = f"{path}/files/index.html"
    row.note(here.call("PUT", file, key, json_body={"content": f"page {number}"})[0], 0)
    row.lost += f"page {number}" not in there.get(row, file, key)
    row.note(there.call("PATCH", path, key, json_body={"name": f"Renamed {number}"})[0], 0)
    row.lost += f"Renamed {number}" not in here.get(row, path, key)
    status, _ = there.call("POST", f"{path}/deployments", key, json_body={})
    row.note(status, 0)
    here.get(row, f"{path}/deployments", key)


def walk(old: Release, new: Release, row: Row) -> None:
    """One browser, signed in at the release before, is known by this one too; and back."""
    sites = [f"http://127.0.0.1:{each.port}" for each in (old, new)]
    person = Person(sites[0], EMAIL, PASSWORD)
    person.fill_in(person.open(f"{sites[0]}/login/"), login=EMAIL, password=PASSWORD)
    for site in (*sites, *sites):
        for page in ("", "api-keys/", "security/", "sessions/", "activity/", "connected-apps/"):
            answer = person.browser.get(f"{site}/settings/{page}", allow_redirects=False, timeout=30)
            row.note(answer.status_code, 0)
            row.lost += answer.status_code != 200


def ended_here_is_ended_there(old: Release, new: Release, key: str, newer_key: str) -> tuple[int]:
    """A key that one release revokes is refused by the other at once; the status that it gives."""
    new.command("revoke_api_key", key.rpartition("_")[0])
    status = old.call("GET", "/v1/me", key)[0]
    assert (status, old.call("GET", "/v1/me", newer_key)[0]) == (401, 200)
    return (status,)
