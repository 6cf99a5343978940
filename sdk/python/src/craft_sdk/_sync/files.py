# Made of ../_async/files.py by `make sdk-generate`: change that one.
"""`client.files`: the files of a project, in JSON or as a stream."""

from typing import Literal

from craft_sdk._bodies import Body, Content, OnProgress
from craft_sdk._calls import Order, deleting, getting, listing, writing
from craft_sdk._files import conditions, fields_of, path_of, uploading
from craft_sdk._paths import below_project
from craft_sdk._sync.downloads import FileDownload
from craft_sdk._sync.pages import Page
from craft_sdk._sync.resource import Resource
from craft_sdk.models import Deleted, ProjectFile, ProjectFileContent


class FilesResource(Resource):
    """`client.files`. A path is relative to the project: `src/index.html`."""

    def list(
        self,
        project_id: str,
        *,
        page: int | None = None,
        limit: int | None = None,
        sort: Literal["path", "created_at", "updated_at"] | None = None,
        order: Order | None = None,
    ) -> Page[ProjectFile]:
        """A page of a project's, the newest first; `limit` is at most 100. Scope read. Raises CraftError."""
        query = {"page": page, "limit": limit, "sort": sort, "order": order}
        return self._page(listing(below_project(project_id, "files"), ProjectFile, **query))

    def get(self, project_id: str, path: str) -> ProjectFileContent:
        """One with its content, all of it in memory. Scope read. Raises NotFoundError, CraftError."""
        return self._run(getting(path_of(project_id, path), ProjectFileContent))

    def create(self, project_id: str, path: str, content: str | bytes) -> ProjectFile:
        """Make a small one. Scope write. Raises ConflictError when there is one, CraftError."""
        fields = fields_of(content, path=path)
        return self._run(writing("POST", below_project(project_id, "files"), ProjectFile, fields))

    def update(
        self,
        project_id: str,
        path: str,
        content: str | bytes,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> ProjectFile:
        """Make a small one or write a new version of it; conditions as in `upload`. Scope write.

        Raises PreconditionFailedError, CraftError.
        """
        headers = conditions(if_match, if_none_match)
        call = writing("PUT", path_of(project_id, path), ProjectFile, fields_of(content), headers)
        return self._run(call)

    def delete(self, project_id: str, path: str, *, if_match: str | None = None) -> Deleted:
        """Delete it; deployments that have it keep it. Scope delete. Raises NotFoundError, CraftError."""
        return self._run(deleting(path_of(project_id, path), conditions(if_match)))

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
    ) -> ProjectFile:
        """Make one or write a new version of it, bit by bit, whatever its size. Scope write.

        `content`: bytes, a Path, a binary file, or an iterator of bytes, whose `size` must be given; with
        asyncio also an asynchronous one. `content_type`: left out, Craft tells it by the name.
        `on_progress`: called with (bytes sent, bytes in all); begins anew when the call is repeated.
        `if_match`: only if this is its `sha256` now; `if_none_match="*"`: only if there is none.
        Raises PreconditionFailedError, PayloadTooLargeError, CraftError, OSError.
        """
        body = Body(content, size, on_progress)
        headers = conditions(if_match, if_none_match)
        return self._run(uploading(path_of(project_id, path), body, content_type, headers))

    def download(self, project_id: str, path: str, *, on_progress: OnProgress | None = None) -> FileDownload:
        """Its content, bit by bit: `with client.files.download(…) as content`. Scope read.

        `on_progress`: called with (bytes so far, bytes in all). Entering raises NotFoundError, CraftError.
        """
        return FileDownload(self._transport, path_of(project_id, path), on_progress)
