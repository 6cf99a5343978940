"""Projects and what belongs to them."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "api.projects"
    label = "projects"
