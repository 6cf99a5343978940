"""The real server with a storage of its own: one worker, four threads, as `make run` starts it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.server import Server, new_database

EMAIL, PASSWORD = "alice@example.com", "correct-horse-battery"


@dataclass(frozen=True, slots=True)
class Site:
    """A running server; `project` is the path of Alice's project, `key` her key, `folder` the storage."""

    server: Server
    folder: Path
    key: str
    project: str

    @property
    def worker(self) -> int:
        """The process id of the only worker."""
        (worker,) = self.workers
        return worker

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers."""
        return self.server.workers


@contextmanager
def serving_files(folder: Path, *, workers: int = 1) -> Iterator[Site]:
    """A running server with an account that no limit holds, a key and a project."""
    with new_database(folder) as url:
        server = Server(folder, url)
        server.environ |= {
            "STORAGE_URL": (folder / "files").as_uri(),
            "EMAIL_URL": f"filemail:///{folder / 'mails'}",
            "WORKERS": str(workers),
        }
        server.migrate()
        server.ask(
            "from accounts.services import create_user\n"
            f"create_user(email={EMAIL!r}, name='Alice', password={PASSWORD!r}, plan='internal')\n"
            "answer = None"
        )
        key = server.manage("create_api_key", EMAIL, "--name", "Test", "--permission", "read-write")
        server.start()
        try:
            status, answer = server.call("POST", "/v1/projects", key, json_body={"name": "Harbour"})
            assert status == 201, answer
            yield Site(server, folder / "files", key, f"/v1/projects/{json.loads(answer)['data']['id']}")
        finally:
            server.stop()
