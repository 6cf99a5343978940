"""STORAGE_URL and the limits of files: what is taken, and what is refused with a sentence."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.utils.sizes import use_in_words
from craft.configuration import file_storage, storage_bytes

ROOT = Path(__file__).parents[3]
S3 = "s3://KEY:SE%2FC%40RET@s3.example.com/my-bucket?region=eu-central-1"


def storage(monkeypatch: pytest.MonkeyPatch, url: str) -> Any:
    monkeypatch.setenv("STORAGE_URL", url)
    return file_storage.storage(Path("/default/data/files"))


def test_without_it_files_lie_in_a_folder_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    assert storage(monkeypatch, "")["OPTIONS"]["location"] == "/default/data/files"
    found = storage(monkeypatch, "file:///var/lib/a%20b")
    assert found["BACKEND"] == "api.projects.durable_folder.DurableFolder"
    assert found["OPTIONS"]["location"] == "/var/lib/a b"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the packages for S3 were there."""
    monkeypatch.setattr(file_storage, "find_spec", lambda name: name)
    monkeypatch.setattr(
        file_storage, "import_module", lambda name: SimpleNamespace(TransferConfig=dict, Config=dict)
    )


@pytest.mark.usefixtures("installed")
def test_a_bucket_is_reached_over_tls_with_its_secret_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    found = storage(monkeypatch, S3)
    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    options = found["OPTIONS"]
    assert (options["access_key"], options["secret_key"]) == ("KEY", "SE/C@RET")
    assert options["endpoint_url"] == "https://s3.example.com"
    assert (options["bucket_name"], options["region_name"]) == ("my-bucket", "eu-central-1")
    assert options["transfer_config"]["use_threads"] is False
    plain = storage(monkeypatch, "s3+http://k:s@minio:9000/files")["OPTIONS"]
    assert (plain["endpoint_url"], plain["region_name"]) == ("http://minio:9000", None)


def test_without_its_packages_the_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_storage, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install -r deploy/requirements-s3\.txt"):
        storage(monkeypatch, S3)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    "url",
    [
        *(
            "x",
            "/var/lib/files",
            "files",
            "file://",
            "file:///",
            "file://host/folder",
            "file:///x?y=z",
            "file:///x#y",
        ),
        *(
            "http://k:s@host/bucket",
            "s3://host/bucket",
            "s3://k@host/bucket",
            "s3://:s@host/bucket",
            "s3://k:s@host",
        ),
        *(
            "s3://k:s@host/",
            "s3://k:s@/bucket",
            "s3://k:s@host/Bucket",
            "s3://k:s@host/b/c",
            "s3://k:s@host:x/bucket",
        ),
        *(
            "s3://k:s@host/bucket?region",
            "s3://k:s@host/bucket?regio=x",
            "s3://k:se/cret@host/bucket",
            "s3://[/b",
        ),
    ],
)
def test_anything_else_is_refused_without_repeating_a_secret(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL is malformed") as error:
        storage(monkeypatch, url)
    assert "se/cret" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


def settings_say(**environ: str) -> str:
    """What the settings say under an environment: the value of FILE_MAX_BYTES, or the error's last line."""
    base = {"PATH": os.environ["PATH"], "CRAFT_ENV_FILE": "", "SECRET_KEY": "x" * 40}
    code = "from craft import settings; print(settings.FILE_MAX_BYTES, settings.FILES_PER_PROJECT)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=base | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout or done.stderr).strip().splitlines()[-1]


@pytest.mark.matrix  # starts a process
def test_the_limits_are_settings() -> None:
    assert settings_say() == "104857600 10000"
    assert settings_say(FILE_MAX_BYTES="1000", FILES_PER_PROJECT="5") == "1000 5"
    assert "FILE_MAX_BYTES is '10MB'. It must be a whole number" in settings_say(FILE_MAX_BYTES="10MB")
    assert "FILES_PER_PROJECT is '0'. It must be a whole number" in settings_say(FILES_PER_PROJECT="0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("free=500MiB", {"free": 500 * 2**20}),
        ("free = 2GiB, pro=3TiB,internal=1KiB", {"free": 2**31, "pro": 3 * 2**40, "internal": 1024}),
        ("enterprise=-,pro=1000", {"enterprise": None, "pro": 1000}),
    ],
)
def test_totals_are_written_in_units_or_bytes(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: dict[str, int | None]
) -> None:
    monkeypatch.setenv("STORAGE_BYTES", text)
    defaults = {"free": 2**30, "pro": 50 * 2**30, "enterprise": 2**40, "internal": None}
    assert storage_bytes() == defaults | expected


@pytest.mark.matrix  # odd input
@pytest.mark.parametrize(
    "part",
    [
        "free",
        "free=",
        "free=1GB",
        "free=1.5GiB",
        "free=-1",
        "free=0",
        "gold=1GiB",
        "free=1GiB/2",
        "free=\u0661GiB",
    ],
)
def test_a_bad_total_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setenv("STORAGE_BYTES", f"pro=1GiB,{part}")
    with pytest.raises(ImproperlyConfigured, match=r"STORAGE_BYTES has .* Example: free=1GiB"):
        storage_bytes()
    assert "STORAGE_BYTES has" in settings_say(STORAGE_BYTES=part)


@pytest.mark.parametrize(
    ("used", "limit", "text"),
    [
        (2**30, 2**30, "1.0 GiB of 1 GiB"),
        (400 * 2**20, 2**30, "0.4 GiB of 1 GiB"),
        (2**39, 2**40, "0.5 TiB of 1 TiB"),
        (1, 1500 * 2**20, "0.0 GiB of 1.5 GiB"),
        (900, 1000, "900 of 1,000 bytes"),
    ],
)
def test_use_is_told_in_the_unit_of_the_total(used: int, limit: int, text: str) -> None:
    assert use_in_words(used, limit) == text
