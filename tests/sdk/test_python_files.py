"""The Python SDK sends and fetches files bit by bit: all kinds of content, progress, little memory."""

import hashlib
import io
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from craft_sdk import APIConnectionError, CraftClient, InvalidRequestError, NotFoundError
from tests.sdk.proxy import proxying
from tests.sdk.python import Account, Make
from tests.sdk.server import Craft

pytestmark = pytest.mark.server
MIB = 2**20
SIZE = 20 * MIB
PIECE = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(PIECE * 20).hexdigest()


@pytest.fixture(scope="module")
def project_id(craft: Craft, account: Account) -> str:
    with CraftClient(account.key, base_url=craft.url, transport=httpx.HTTPTransport()) as client:
        return client.projects.create(name="For files").id


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.bin"
    path.write_bytes(PIECE * 20)
    return path


class Progress:
    """What a progress callback was told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.told.append((done, total))

    def check(self) -> None:
        """It rose to the end in many steps."""
        done = [each for each, _ in self.told]
        assert done == sorted(set(done))
        assert len(done) >= 20
        assert self.told[-1] == (SIZE, SIZE)
        assert {total for _, total in self.told} == {SIZE}


def peak_of(call: Callable[[], object]) -> int:
    """How many bytes more than before Python had in use at most during a call."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def test_twenty_megabytes_go_there_and_back_in_little_memory(
    client: Any, project_id: str, large: Path, tmp_path: Path
) -> None:
    there, back = Progress(), Progress()

    def upload() -> None:
        file = client.files.upload(project_id, "large.bin", large, on_progress=there)
        assert (file.size, file.sha256) == (SIZE, SHA256)

    def download() -> None:
        with client.files.download(project_id, "large.bin", on_progress=back) as content:
            assert (content.size, content.sha256) == (SIZE, SHA256)
            assert content.content_type == "application/octet-stream"
            assert content.save(tmp_path / "copy.bin") == tmp_path / "copy.bin"

    assert peak_of(upload) < 4 * MIB
    assert peak_of(download) < 4 * MIB
    there.check()
    back.check()
    assert hashlib.sha256((tmp_path / "copy.bin").read_bytes()).hexdigest() == SHA256
    assert [each.name for each in tmp_path.iterdir()] == ["copy.bin"]


def pieces() -> Iterator[bytes]:
    for number in range(20):
        yield PIECE if number % 2 else bytearray(PIECE)  # type: ignore[misc]


def test_content_may_be_an_iterator_whose_size_is_given(client: Any, project_id: str) -> None:
    progress = Progress()

    def upload() -> None:
        file = client.files.upload(project_id, "pieces.bin", pieces(), size=SIZE, on_progress=progress)
        assert file.sha256 == SHA256

    assert peak_of(upload) < 6 * MIB
    progress.check()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_content_may_be_bytes_or_a_file(client: Any, project_id: str, kind: Callable[[bytes], Any]) -> None:
    assert client.files.upload(project_id, "hello.txt", kind(b"Hello")).size == 5

    with client.files.download(project_id, "hello.txt") as received:
        assert b"".join(received) == b"Hello"


def test_a_file_is_sent_from_where_it_is_read(client: Any, project_id: str) -> None:
    file = io.BytesIO(b"skipped sent")
    file.seek(8)

    client.files.upload(project_id, "rest.txt", file)

    assert client.files.get(project_id, "rest.txt").content == "sent"


def test_an_empty_file_can_be_sent(client: Any, project_id: str) -> None:
    there, back = Progress(), Progress()

    assert client.files.upload(project_id, "empty.txt", b"", on_progress=there).size == 0
    with client.files.download(project_id, "empty.txt", on_progress=back) as content:
        assert content.read() == b""
    assert there.told == back.told == [(0, 0)]


@pytest.mark.parametrize("content_type", [None, "application/json", "application/json; charset=utf-8"])
def test_a_json_file_is_a_file_and_not_the_api_s_json(
    client: Any, project_id: str, content_type: str | None
) -> None:
    text = b'{"content": "not the content"}'

    file = client.files.upload(project_id, "data.json", text, content_type=content_type)

    assert (file.size, file.content_type) == (len(text), "application/json")
    assert client.files.get(project_id, "data.json").data == text


def test_a_content_type_is_kept(client: Any, project_id: str) -> None:
    file = client.files.upload(project_id, "picture", b"\x89PNG", content_type="image/png")

    assert file.content_type == "image/png"


@pytest.mark.parametrize(
    ("content", "size", "message"),
    [
        (lambda: iter([b"1"]), None, "Give the size"),
        (lambda: iter([b"12"]), 1, "This is 1, but the content has more"),
        (lambda: iter([b"1"]), 2, "This is 2, but the content ended after 1 bytes"),
        (lambda: iter([b"1"]), "1", "must be a whole number of bytes"),
        *[(lambda each=each: each, None, "must be bytes, a Path") for each in ("text", None, 5, {"a": 1})],
        (lambda: iter(["1"]), 1, "must be bytes"),
        (lambda: io.StringIO("1"), None, "must be bytes"),
        (lambda: b"1", 2, "This is 2, but the content has 1 bytes"),
    ],
)
def test_content_that_is_not_what_it_is_said_to_be_is_refused(
    client: Any, project_id: str, content: Callable[[], Any], size: int | None, message: str
) -> None:
    with pytest.raises(InvalidRequestError, match=message) as info:
        client.files.upload(project_id, "never.txt", content(), size=size)
    assert set(info.value.details) <= {"size", "content"}

    with pytest.raises(NotFoundError):
        client.files.get(project_id, "never.txt")


def test_content_may_come_asynchronously(craft: Craft, make: Make, account: Account, project_id: str) -> None:
    async def later() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    client = make(account.key)
    if isinstance(client, CraftClient):
        with pytest.raises(InvalidRequestError, match="AsyncCraftClient"):
            client.files.upload(project_id, "later.txt", later(), size=7)  # type: ignore[arg-type]
    else:
        client.files.upload(project_id, "later.txt", later(), size=7)
        assert client.files.get(project_id, "later.txt").content == "one two"


def test_a_download_that_breaks_off_leaves_no_file(
    craft: Craft, make: Make, account: Account, project_id: str, large: Path, tmp_path: Path
) -> None:
    make(account.key).files.upload(project_id, "cut.bin", large)
    with proxying(craft.port) as proxy:
        proxy.faults.append("cut")
        client = make(account.key, base_url=proxy.url)

        with (
            pytest.raises(APIConnectionError, match=r"broke off after \d+ of 20971520 bytes of GET /v1/proj"),
            client.files.download(project_id, "cut.bin") as content,
        ):
            content.save(tmp_path / "cut.bin")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_cannot_be_downloaded(client: Any, project_id: str) -> None:
    with pytest.raises(NotFoundError), client.files.download(project_id, "nothing.txt"):
        pass


def test_a_download_is_read_once(client: Any, project_id: str) -> None:
    client.files.upload(project_id, "once.txt", b"Once")

    with client.files.download(project_id, "once.txt") as content:
        assert content.read() == b"Once"
        with pytest.raises(RuntimeError, match="A download is read once"):
            content.read()


def test_a_download_is_read_in_a_with_block(client: Any, project_id: str) -> None:
    with pytest.raises(RuntimeError, match="with block"):
        client.files.download(project_id, "hello.txt").read()
