"""Projects and their deployments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Status = Literal["active", "archived"]


@dataclass(frozen=True, kw_only=True)
class ProjectStats:
    """About a project's files."""

    files: int
    last_edited_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project.

    Attributes:
        id: `proj_…`.
        preview_url: the latest deployment; None until there is one.
        settings: your own values, as JSON has them.
    """

    id: str
    name: str
    description: str
    status: Status
    template: str | None
    preview_url: str | None
    settings: Mapping[str, Any] = field(hash=False)
    stats: ProjectStats
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """An immutable snapshot of a project's files, served at `url`.

    Attributes:
        id: `dep_…`.
        status: `taken_down` once Craft's staff took it off the net; the reason is in the activity.
        files: how many there are in it.
    """

    id: str
    status: Literal["ready", "taken_down"]
    url: str
    files: int
    created_at: datetime
