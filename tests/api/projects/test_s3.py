"""Files in a bucket: a server that speaks S3, moto's, run for real."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from api.projects.models import StoredObject
from api.projects.services import stored_objects
from craft import configuration
from tests.drill.s3 import BUCKET, REGION, s3_server, storage_url
from tests.fixtures import API

FILES = "/v1/projects/proj_harbour/files"
IN_PARTS = bytes(range(256)) * 24_000  # over 5 MiB
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("project"),
    pytest.mark.long,
]


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[str, int]]:
    with s3_server() as place:
        yield place


@pytest.fixture(autouse=True)
def bucket(place: tuple[str, int], settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    use(storage_url(*place), settings, monkeypatch)
    keys = {"aws_access_key_id": "KEY", "aws_secret_access_key": "SECRET"}
    return boto3.resource(
        "s3", endpoint_url="http://{}:{}".format(*place), region_name=REGION, **keys
    ).Bucket(BUCKET)


def use(url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be kept there."""
    monkeypatch.setenv("STORAGE_URL", url)
    settings.STORAGES = {**settings.STORAGES, "default": configuration.storage(Path("/unused"))}


def put(api: API, key: str, content: bytes) -> Any:
    return api("PUT", f"{FILES}/x", key, data=content, content_type="application/octet-stream")


def read(api: API, key: str) -> bytes:
    answer = api("GET", f"{FILES}/x", key, headers={"Accept": "application/octet-stream"})
    return b"".join(answer.streaming_content)


def test_a_file_is_written_read_published_and_deleted(api: API, key: str, bucket: Any) -> None:
    for content in (IN_PARTS, b"small"):
        assert put(api, key, content).status_code in (200, 201)
        assert read(api, key) == content
    assert len(list(bucket.objects.all())) == 1  # of what it took the place, nothing is left
    deployed = api("POST", "/v1/projects/proj_harbour/deployments", key)
    assert deployed.status_code == 201
    assert api("DELETE", f"{FILES}/x", key).status_code == 200
    host = urlsplit(json.loads(deployed.content)["data"]["url"]).netloc
    page = api("GET", "/x", headers={"Host": host})
    assert b"".join(page.streaming_content) == b"small"


def test_what_a_bucket_that_is_away_may_have_is_left_to_housekeeping(
    api: API,
    key: str,
    bucket: Any,
    place: tuple[str, int],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bucket.objects.all().delete()
    use(storage_url(*place).replace(BUCKET, "another"), settings, monkeypatch)
    assert put(api, key, b"content").status_code == 503
    assert "cannot take" in caplog.text
    assert "cannot delete" not in caplog.text  # it was not asked again: it may be silent
    assert StoredObject.objects.count() == 1
    use(storage_url(*place), settings, monkeypatch)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert stored_objects.delete_let_go() == 1
    assert not StoredObject.objects.exists()
