"""/v1/projects/{id}/files and /v1/projects/{id}/files/{path}."""

from urllib.parse import quote

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request

from api.envelope import page, success
from api.errors import Invalid
from api.pagination import refuse_parameters
from api.projects import responses, uploads
from api.projects.content_streams import JSONStream, json_answer, raw_answer
from api.projects.models import File, Project
from api.projects.preconditions import Preconditions, etag
from api.projects.serializers import FileContentSerializer, NewFileSerializer
from api.projects.services import files as services
from api.projects.services.stored_objects import Source
from api.projects.views.endpoint import ProjectEndpoint, find_project
from api.schema.operation import envelope, operation
from api.schema.responses import Deleted

JSON, OCTETS = "application/json", "application/octet-stream"
# A stranger's bytes on the API's host: never to be shown there, never to run.
RAW_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


PRECONDITIONS = (
    OpenApiParameter(
        "If-Match",
        str,
        OpenApiParameter.HEADER,
        description="Only if the file is this version: an `ETag`, or `*` for any.",
    ),
    OpenApiParameter(
        "If-None-Match",
        str,
        OpenApiParameter.HEADER,
        description="Only if it is not: an `ETag`, or `*` for none at all.",
    ),
)
WRITTEN = envelope(responses.File, many=False)
WRITE_ANSWERS = {(200, JSON): WRITTEN, (201, JSON): WRITTEN}
WRITE_BODIES = {JSON: FileContentSerializer, OCTETS: OpenApiTypes.BINARY}
READ_ANSWERS = {
    (200, JSON): envelope(responses.FileContent, many=False),
    (200, OCTETS): OpenApiTypes.BINARY,
    304: OpenApiResponse(description="It is the version that If-None-Match names."),
}


class FilesView(ProjectEndpoint):
    """The files of a project."""

    limited_methods = {"POST": "post_files"}
    sorts = {"path": "path", "createdAt": "created_at", "updatedAt": "updated_at"}

    @operation(
        "List files",
        responses.File,
        many=True,
        errors=(404,),
        text="What lies in the project, without the contents.",
    )
    def get(self, request: Request, project_id: str) -> HttpResponse:
        project = find_project(request, project_id)
        listing = self.read_listing(request)
        rows, pagination = listing.slice(services.files_of(project).select_related("stored"))
        return page([responses.file_row(file) for file in rows], pagination)

    @operation(
        "Create a file",
        responses.File,
        status=201,
        body=NewFileSerializer,
        errors=(404, 412),
        conflict="There is a file at this path already: PUT writes it anew.",
        text="Only where there is none: 409 if the path is taken. To write either way, use PUT.",
    )
    def post(self, request: Request, project_id: str) -> HttpResponse:
        project = find_project(request, project_id)
        values = self.read_body(request, NewFileSerializer)
        content = values["content"]
        uploads.check_size(len(content))
        file, _ = services.write_file(
            project,
            values["path"],
            Source.of(content),
            content_type=None,
            preconditions=Preconditions.of(request.headers),
            may_replace=False,
        )
        return _written(project, file, is_new=True)


class FileView(ProjectEndpoint):
    @operation(
        "Read a file",
        READ_ANSWERS,
        errors=(404, 412),
        parameters=PRECONDITIONS,
        text="As JSON, or the bytes themselves with `Accept: application/octet-stream`. `ETag` names the "
        "version.",
    )
    def get(self, request: Request, project_id: str, path: str) -> HttpResponseBase:
        """Its content: in JSON, or as it is for `Accept: application/octet-stream`."""
        project = find_project(request, project_id)
        path = uploads.checked_path(path)
        refuse_parameters(request)
        preconditions = Preconditions.of(request.headers)
        file = services.get_file(project, path)
        preconditions.check_match(file.stored.sha256)
        if preconditions.is_known(file.stored.sha256):
            response: HttpResponseBase = HttpResponse(status=304)
        else:
            file, response = _content(request, file)
        response["ETag"] = etag(file.stored.sha256)
        response["Cache-Control"] = "private, no-cache"
        response["Vary"] = "Accept"
        return response

    @operation(
        "Write a file",
        WRITE_ANSWERS,
        body=WRITE_BODIES,
        errors=(404, 412),
        parameters=PRECONDITIONS,
        text="Uploads it: a new one (201) or a new version (200). A body of any type but JSON is the content "
        "itself. With `If-Match` nobody's newer version is lost.",
    )
    def put(self, request: Request, project_id: str, path: str) -> HttpResponse:
        """Create it or write a new version: JSON as in POST, any other type is the content itself."""
        project = find_project(request, project_id)
        if uploads.is_json(request):
            source, content_type = self._json_source(request, path), None
        else:
            source, content_type = uploads.raw_source(request)
        path = uploads.checked_path(path)
        refuse_parameters(request)
        file, is_new = services.write_file(
            project,
            path,
            source,
            content_type=content_type,
            preconditions=Preconditions.of(request.headers),
        )
        return _written(project, file, is_new=is_new)

    def _json_source(self, request: Request, path: str) -> Source:
        """The content that a JSON body holds for the file at `path`. Raises as read_body, PayloadTooLarge."""
        values = self.read_body(request, FileContentSerializer)
        if values.get("path", path) != path:
            raise Invalid({"path": ["This must be the path in the address, or be left out."]})
        uploads.check_size(len(values["content"]))
        return Source.of(values["content"])

    @operation(
        "Delete a file",
        Deleted,
        errors=(404, 412),
        parameters=PRECONDITIONS,
        text="Deployments that have it keep it.",
    )
    def delete(self, request: Request, project_id: str, path: str) -> HttpResponse:
        """Delete it. Deployments that have it keep it."""
        project = find_project(request, project_id)
        path = uploads.checked_path(path)
        refuse_parameters(request)
        services.delete_file(project, path, preconditions=Preconditions.of(request.headers))
        return success({"id": path, "deleted": True})


def _content(request: Request, file: File) -> tuple[File, HttpResponseBase]:
    """The newest version, should `file` be gone by now, and the answer with its content."""
    file, content = services.open_file(file)
    is_head, size = request.method == "HEAD", file.stored.size or 0
    if request._request.get_preferred_type([JSON, OCTETS]) != OCTETS:
        stream = JSONStream(content, responses.file_row(file), is_text=file.stored.is_text)
        return file, json_answer(stream, size, is_head=is_head)
    response = raw_answer(content, size, file.content_type, is_head=is_head)
    name = file.path.rpartition("/")[2]
    for header, value in RAW_HEADERS.items():
        response[header] = value
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return file, response


def _written(project: Project, file: File, *, is_new: bool) -> HttpResponse:
    headers = {"ETag": etag(file.stored.sha256)}
    if is_new:
        headers["Location"] = f"/v1/projects/{project.uid}/files/{quote(file.path)}"
    return success(responses.file_row(file), status=201 if is_new else 200, headers=headers)
