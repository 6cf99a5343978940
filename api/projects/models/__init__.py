"""Projects, their files and their deployments."""

from api.projects.models.deployments import Deployment, DeploymentFile
from api.projects.models.files import File, StoredObject
from api.projects.models.projects import Project, Status, new_project_id

__all__ = [
    "Deployment",
    "DeploymentFile",
    "File",
    "Project",
    "Status",
    "StoredObject",
    "new_project_id",
]
