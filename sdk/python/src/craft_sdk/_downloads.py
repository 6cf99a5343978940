"""What is known of a file on its way from Craft, and whether all of it has come."""

import hashlib
import re
import secrets
from pathlib import Path

import httpx

from craft_sdk import _answers
from craft_sdk._bodies import OnProgress
from craft_sdk._calls import Call
from craft_sdk.errors import APIConnectionError, APITimeoutError

# Compressed on the way, the length would be another.
HEADERS = {"Accept": "application/octet-stream", "Accept-Encoding": "identity"}


class Content:
    """What is known of the content before it is read: `size` in bytes, `content_type`, `sha256`."""

    size: int
    content_type: str
    sha256: str

    def __init__(self, path: str, on_progress: OnProgress | None) -> None:
        self._call = Call("GET", path, _answers.stream, headers=HEADERS)
        self._on_progress = on_progress
        self._response: httpx.Response | None = None
        self._received = 0
        self._digest = hashlib.sha256()

    def _begin(self, reply: httpx.Response) -> None:
        """Take an answer that is a whole file. Raises CraftError."""
        self._response = self._call.read(reply)
        tag = re.fullmatch('(?:W/)?"([0-9a-f]{64})"', reply.headers.get("ETag", ""))
        if reply.status_code != 200 or tag is None:  # a part of it, or somebody else's page
            raise _answers.unexpected(reply)
        self.sha256 = tag[1]
        self.size = int(reply.headers.get("Content-Length", "0"))
        self.content_type = reply.headers.get("Content-Type", "application/octet-stream")

    def _open(self) -> httpx.Response:
        if self._response is None:
            raise RuntimeError("Open the download with a with block first.")
        return self._response

    def _unread(self) -> httpx.Response:
        response = self._open()
        if response.is_stream_consumed or response.is_closed:
            raise RuntimeError("A download is read once, within its with block: ask for it again.")
        return response

    def _count(self, chunk: bytes) -> None:
        self._received += len(chunk)
        self._digest.update(chunk)
        if self._on_progress is not None:
            self._on_progress(self._received, self.size)

    def _finish(self, error: httpx.RequestError | None) -> None:
        """Check that all of it has come, and nothing else. Raises APIConnectionError."""
        if error is not None:
            kind = APITimeoutError if isinstance(error, httpx.TimeoutException) else APIConnectionError
            raise kind(
                f"The connection broke off after {self._received} of {self.size} bytes of "
                f"GET {self._call.path} ({type(error).__name__})."
            )
        if self._received == 0:
            self._count(b"")
        if self._digest.hexdigest() != self.sha256:
            raise APIConnectionError(
                f"The content of GET {self._call.path} was cut or changed on the way: "
                "its SHA-256 is not the one that was announced."
            )


def part_of(target: Path) -> Path:
    """Where a file grows until it is complete: beside its place, so that it can be moved there."""
    return target.with_name(f".{secrets.token_hex(8)}.part")
