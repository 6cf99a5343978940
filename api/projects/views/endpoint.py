"""What the endpoints of projects, files and deployments have in common."""

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from api.base import Endpoint, caller, credential_of
from api.errors import (
    Conflict,
    Invalid,
    NotYours,
    PayloadTooLarge,
    PreconditionFailed,
    ServiceUnavailable,
)
from api.projects.models import Project
from api.projects.preconditions import VersionMismatch
from api.projects.services import deployments, files, projects, storage, storage_room, stored_objects


class ProjectEndpoint(Endpoint):
    """An endpoint below /v1/projects: how the rules' refusals are answered."""

    refusals = {
        projects.ProjectNotFound: lambda _: NotFound("There is no such project"),
        projects.ProjectNotYours: lambda _: NotYours(),
        files.FileNotFound: lambda _: NotFound("The project has no file at this path"),
        files.FileExists: lambda _: Conflict("There is a file at this path already. Replace it with PUT"),
        files.TooManyFiles: lambda error: Conflict(str(error)),
        VersionMismatch: lambda _: PreconditionFailed(
            "The file has changed, or is not what If-Match or If-None-Match says"
        ),
        stored_objects.UploadEndedEarly: lambda _: Invalid({"body": ["The body ended early."]}),
        stored_objects.UploadTooSlow: lambda _: Invalid({"body": ["The body took too long to come."]}),
        storage_room.StorageFull: lambda error: PayloadTooLarge(str(error)),
        storage.StorageUnavailable: lambda _: ServiceUnavailable(),
        deployments.TooManyDeployments: lambda error: PayloadTooLarge(str(error)),
        deployments.DeploymentNotFound: lambda _: NotFound("The project has no such deployment"),
    }


def find_project(request: Request, project_id: str) -> Project:
    """The project in the path. Raises ProjectNotFound, ProjectNotYours."""
    return projects.get_project(project_id, caller(request), limited_to=credential_of(request).limited_to)
