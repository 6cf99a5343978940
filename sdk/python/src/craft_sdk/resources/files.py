"""`client.files`: the files of a project, in JSON or as a stream."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from craft_sdk import _answers
from craft_sdk._bodies import AsyncContent, Body, Content, OnProgress
from craft_sdk._calls import Call, deleting, getting, listing, writing
from craft_sdk._paths import file_path, header, text
from craft_sdk.errors import invalid
from craft_sdk.models import Deleted, Order
from craft_sdk.pages import AsyncPage, Page
from craft_sdk.resources._base import AsyncResource, Resource
from craft_sdk.resources.downloads import AsyncDownload, Download, downloading
from craft_sdk.resources.projects import project_path

Sort = Literal["path", "created_at", "updated_at"]
Encoding = Literal["utf-8", "base64"]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a project, without its content.

    Attributes:
        size: bytes.
        sha256: hexadecimal; what `if_match` takes.
    """

    path: str
    size: int
    content_type: str
    sha256: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class FileContent(File):
    """A file with its content: `content` as it came, `data` as bytes."""

    content: str = field(repr=False)
    encoding: Encoding

    @property
    def data(self) -> bytes:
        """The content as bytes."""
        return base64.b64decode(self.content) if self.encoding == "base64" else self.content.encode()


def _path(project_id: str) -> str:
    return f"{project_path(project_id)}/files"


def _path_of(project_id: str, path: str) -> str:
    return f"{_path(project_id)}/{file_path(path)}"


def _fields(content: object, **others: Any) -> dict[str, Any]:
    if isinstance(content, str):
        return {**others, "content": content, "encoding": "utf-8"}
    if not isinstance(content, bytes | bytearray | memoryview):
        raise invalid("content", f"This must be a string or bytes, not {type(content).__name__}.")
    return {**others, "content": base64.b64encode(content).decode("ascii"), "encoding": "base64"}


def _conditions(if_match: str | None, if_none_match: str | None = None) -> dict[str, str]:
    """If-Match and If-None-Match for a hash, an entity tag or *."""
    given = [("If-Match", if_match, "if_match"), ("If-None-Match", if_none_match, "if_none_match")]
    return {name: _entity_tag(header(value, option)) for name, value, option in given if value is not None}


def _entity_tag(version: str) -> str:
    return version if version == "*" or '"' in version else f'"{version}"'


def _creating(project_id: str, path: str, content: str | bytes) -> Call[File]:
    text(path, "path")
    return writing("POST", _path(project_id), File, _fields(content, path=path))


def _uploading(
    project_id: str, path: str, body: Body, content_type: str | None, conditions: dict[str, str]
) -> Call[File]:
    # Sent as application/json, a JSON file would be taken for the API's own JSON.
    kind = header(content_type or "application/octet-stream", "content_type")
    if kind.partition(";")[0].strip().lower() == "application/json":
        kind = "application/octet-stream"
    return Call(
        "PUT",
        _path_of(project_id, path),
        lambda reply: _answers.one(reply, File),
        headers={"Content-Type": kind, **conditions},
        body=body,
    )


class FilesResource(Resource):
    """`client.files`. A path is relative to the project: `src/index.html`."""

    def list(
        self,
        project_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> Page[File]:
        """A page of a project's, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        return self._page(listing(_path(project_id), File, page=page, limit=limit, sort=sort, order=order))

    def get(self, project_id: str, path: str) -> FileContent:
        """One with its content, all of it in memory. Scope read. Raises NotFoundError, CraftError."""
        return self._run(getting(_path_of(project_id, path), FileContent))

    def create(self, project_id: str, path: str, content: str | bytes) -> File:
        """Make a small one. Scope write. Raises ConflictError when there is one, CraftError."""
        return self._run(_creating(project_id, path, content))

    def update(
        self,
        project_id: str,
        path: str,
        content: str | bytes,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> File:
        """Make a small one or write a new version of it; conditions as in `upload`. Scope write.

        Raises PreconditionFailedError, CraftError.
        """
        conditions = _conditions(if_match, if_none_match)
        call = writing("PUT", _path_of(project_id, path), File, _fields(content), conditions)
        return self._run(call)

    def delete(self, project_id: str, path: str, *, if_match: str | None = None) -> Deleted:
        """Delete it; deployments that have it keep it. Scope delete. Raises NotFoundError, CraftError."""
        return self._run(deleting(_path_of(project_id, path), _conditions(if_match)))

    def upload(
        self,
        project_id: str,
        path: str,
        content: Content,
        *,
        size: int | None = None,
        content_type: str | None = None,
        on_progress: OnProgress | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> File:
        """Make one or write a new version of it, bit by bit, whatever its size. Scope write.

        `content`: bytes, a Path, a binary file, or an iterator of bytes, whose `size` must be given.
        `content_type`: left out, Craft tells it by the name. `on_progress`: called with (bytes sent,
        bytes in all); begins anew when the call is repeated. `if_match`: only if this is its `sha256`
        now; `if_none_match="*"`: only if there is none.
        Raises PreconditionFailedError, PayloadTooLargeError, CraftError, OSError.
        """
        body = Body(content, size, on_progress)
        conditions = _conditions(if_match, if_none_match)
        return self._run(_uploading(project_id, path, body, content_type, conditions))

    def download(self, project_id: str, path: str, *, on_progress: OnProgress | None = None) -> Download:
        """Its content, bit by bit: `with client.files.download(…) as content`. Scope read.

        `on_progress`: called with (bytes so far, bytes in all). Entering raises NotFoundError, CraftError.
        """
        return Download(self._transport, downloading(_path_of(project_id, path)), on_progress)


class AsyncFilesResource(AsyncResource):
    """`client.files`. A path is relative to the project: `src/index.html`."""

    async def list(
        self,
        project_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Sort | None = None,
        order: Order | None = None,
    ) -> AsyncPage[File]:
        """A page of a project's, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        return await self._page(
            listing(_path(project_id), File, page=page, limit=limit, sort=sort, order=order)
        )

    async def get(self, project_id: str, path: str) -> FileContent:
        """One with its content, all of it in memory. Scope read. Raises NotFoundError, CraftError."""
        return await self._run(getting(_path_of(project_id, path), FileContent))

    async def create(self, project_id: str, path: str, content: str | bytes) -> File:
        """Make a small one. Scope write. Raises ConflictError when there is one, CraftError."""
        return await self._run(_creating(project_id, path, content))

    async def update(
        self,
        project_id: str,
        path: str,
        content: str | bytes,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> File:
        """Make a small one or write a new version of it; conditions as in `upload`. Scope write.

        Raises PreconditionFailedError, CraftError.
        """
        conditions = _conditions(if_match, if_none_match)
        call = writing("PUT", _path_of(project_id, path), File, _fields(content), conditions)
        return await self._run(call)

    async def delete(self, project_id: str, path: str, *, if_match: str | None = None) -> Deleted:
        """Delete it; deployments that have it keep it. Scope delete. Raises NotFoundError, CraftError."""
        return await self._run(deleting(_path_of(project_id, path), _conditions(if_match)))

    async def upload(
        self,
        project_id: str,
        path: str,
        content: AsyncContent,
        *,
        size: int | None = None,
        content_type: str | None = None,
        on_progress: OnProgress | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> File:
        """Make one or write a new version of it, bit by bit, whatever its size. Scope write.

        As in FilesResource.upload; `content` may also be an asynchronous iterator of bytes.
        """
        body = Body(content, size, on_progress)
        conditions = _conditions(if_match, if_none_match)
        return await self._run(_uploading(project_id, path, body, content_type, conditions))

    def download(self, project_id: str, path: str, *, on_progress: OnProgress | None = None) -> AsyncDownload:
        """Its content, bit by bit: `async with client.files.download(…) as content`. Scope read.

        `on_progress`: called with (bytes so far, bytes in all). Entering raises NotFoundError, CraftError.
        """
        return AsyncDownload(self._transport, downloading(_path_of(project_id, path)), on_progress)
