"""The storage full, and read-only, while people read and write."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.projects.serving import Site, serving_files
from tests.drill.report import Drill

ROWS = "from api.projects.models import StoredObject; answer = StoredObject.objects.count()"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Craft, whose storage is a small disk of its own."""
    (tmp_path / "files").mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(tmp_path / "files")]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk takes root")
    try:
        with serving_files(tmp_path) as running:
            yield running
    finally:
        subprocess.run(["umount", "--lazy", tmp_path / "files"], check=True)


def put(site: Site, path: str, content: str) -> int:
    return site.server.call("PUT", f"{site.project}/files/{path}", site.key, json_body={"content": content})[
        0
    ]


def content_of(site: Site, path: str) -> str:
    status, answer = site.server.call("GET", f"{site.project}/files/{path}", site.key)
    return str(json.loads(answer)["data"]["content"]) if status == 200 else f"{status}"


def test_storage_full(site: Site, drill: Drill) -> None:
    row, kept = drill.row("storage full"), {"first": "x" * 1000}
    assert put(site, "first", kept["first"]) == 201
    with row.calling(lambda: site.server.call("GET", "/v1/me", site.key)[0]):
        for number in range(20):
            content = f"{number}" * 300_000
            if row.call(lambda n=number, content=content: put(site, f"{n}", content)) == 201:  # type: ignore[misc]
                kept[f"{number}"] = content
    assert site.server.call("DELETE", f"{site.project}/files/first", site.key)[0] == 200
    del kept["first"]
    large = next(iter(kept))
    assert site.server.call("DELETE", f"{site.project}/files/{large}", site.key)[0] == 200
    del kept[large]
    row.recover(lambda: put(site, "after", "x"), good=201)
    row.lost = sum(content_of(site, path) != content for path, content in kept.items())
    assert set(row.seen) == {200, 201, 503}
    assert (row.lost, site.server.ask(ROWS)) == (0, len(kept) + 1)


def test_storage_read_only(site: Site, drill: Drill) -> None:
    row = drill.row("storage read-only")
    assert put(site, "first", "x") == 201
    subprocess.run(["mount", "-o", "remount,ro", site.folder], check=True)
    for number in range(20):
        row.call(lambda n=number: put(site, f"{n}", "y"))  # type: ignore[misc]
        row.call(lambda: site.server.call("GET", f"{site.project}/files/first", site.key)[0])
    subprocess.run(["mount", "-o", "remount,rw", site.folder], check=True)
    row.recover(lambda: put(site, "after", "x"), good=201)
    row.lost = int(content_of(site, "first") != "x")
    assert row.seen == {200: 20, 503: 20}
    assert (row.lost, site.server.ask(ROWS)) == (0, 2)


def test_storage_gone(site: Site, drill: Drill) -> None:
    row = drill.row("storage gone")
    assert put(site, "first", "x") == 201
    environ = site.server.environ
    row_path = Path(environ["STORAGE_URL"].removeprefix("file://"))
    subprocess.run(["mount", "--move", row_path, _made(row_path.with_name("away"))], check=True)
    row_path.rmdir()
    for number in range(20):
        row.call(lambda n=number: put(site, f"{n}", "y"))  # type: ignore[misc]
        row.call(lambda: site.server.call("GET", f"{site.project}/files/first", site.key)[0])
    subprocess.run(["mount", "--move", row_path.with_name("away"), _made(row_path)], check=True)
    row.recover(lambda: put(site, "after", "x"), good=201)
    row.lost = int(content_of(site, "first") != "x")
    assert row.seen == {503: 40}
    assert (row.lost, site.server.ask(ROWS)) == (0, 2)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
