"""What the endpoints of projects, files and deployments have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from api.base import caller, credential_of
from api.errors import Conflict, Invalid, NotYours, PreconditionFailed
from api.projects import preconditions
from api.projects.models import Project
from api.projects.services import deployments, files, objects, projects


@contextmanager
def answered() -> Iterator[None]:
    """Turn the services' refusals into answers."""
    try:
        yield
    except projects.ProjectNotFound:
        raise NotFound("There is no such project") from None
    except projects.ProjectNotYours:
        raise NotYours from None
    except files.FileNotFound:
        raise NotFound("The project has no file at this path") from None
    except files.FileExists:
        raise Conflict("There is a file at this path already. Replace it with PUT") from None
    except files.TooManyFiles as error:
        raise Conflict(str(error)) from None
    except preconditions.PreconditionFailed:
        raise PreconditionFailed(
            "The file has changed, or is not what If-Match or If-None-Match says"
        ) from None
    except objects.UploadEndedEarly:
        raise Invalid({"body": ["The body ended early."]}) from None
    except deployments.DeploymentNotFound:
        raise NotFound("The project has no such deployment") from None


def find_project(request: Request, project_id: str) -> Project:
    """The project in the path, if the caller may touch it. Raises NotFound, NotYours."""
    with answered():
        return projects.get_project(project_id, caller(request), limited_to=credential_of(request).limited_to)
