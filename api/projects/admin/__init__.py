"""Projects and deployments in the Django admin: to find, to read, and to take a page down."""

from api.projects.admin.deployments import DeploymentAdmin
from api.projects.admin.projects import ProjectAdmin

__all__ = ["DeploymentAdmin", "ProjectAdmin"]
