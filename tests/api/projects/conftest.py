"""What the tests of projects, files and deployments share."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from api.projects.models import Project
from apikeys.models import APIKey
from craft import configuration


@pytest.fixture
def project(alice: User) -> Project:
    """Alice's project, with an id that tests can spell out."""
    return Project.objects.create(owner=alice, name="Harbour", uid="proj_harbour")


@pytest.fixture
def key(read_write: tuple[APIKey, str]) -> str:
    """Alice's read-write key, raw."""
    return read_write[1]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """The storage is this local folder, set up by the rules of STORAGE_URL."""
    (tmp_path / "files").mkdir(mode=0o700)  # as the server does when it starts
    settings.STORAGES = {**settings.STORAGES, "default": configuration.storage(tmp_path / "files")}
    return tmp_path / "files"


def objects_in(folder: Path) -> list[Path]:
    """The files that the storage has."""
    return [path for path in folder.rglob("*") if path.is_file()]
