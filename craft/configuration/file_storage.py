"""STORAGE_URL: where files of projects are kept."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from craft.configuration.environment import env


def storage(default: Path) -> dict[str, object]:
    """STORAGE_URL as an entry of Django's STORAGES: a local folder, or a bucket that speaks S3.

    `file:///absolute/folder`, `s3://KEY:SECRET@ENDPOINT/BUCKET?region=REGION`; `s3+http://…` without TLS.
    """
    url: str = env.str("STORAGE_URL", default="") or default.as_uri()
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        place = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        raise _malformed_storage() from None
    path = unquote(parts.path)
    if parts.scheme == "file" and not place and path.strip("/") and not options and not parts.fragment:
        return {
            "BACKEND": "api.projects.durable_folder.DurableFolder",
            "OPTIONS": {
                "location": path,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    bucket, secret = path.strip("/"), parts.password
    is_s3 = parts.scheme in ("s3", "s3+http") and place and parts.username and secret
    if not is_s3 or not re.fullmatch(r"[a-z0-9][a-z0-9.-]+", bucket) or options.keys() - {"region"}:
        raise _malformed_storage()
    if not (find_spec("storages") and find_spec("boto3")):
        raise ImproperlyConfigured(
            "STORAGE_URL names S3, whose packages are not installed: "
            "pip install -r deploy/requirements-s3.txt"
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(str(parts.username)),
            "secret_key": unquote(str(secret)),
            "endpoint_url": f"{'http' if parts.scheme == 's3+http' else 'https'}://{place}",
            "bucket_name": bucket,
            "region_name": options.get("region"),
            "addressing_style": "path",  # which every server of this protocol knows
            "signature_version": "s3v4",
            "file_overwrite": True,  # names are random: no look whether one is taken
            # The smallest parts there are, one at a time, and what is read lies on the disk: flat memory.
            "transfer_config": import_module("boto3.s3.transfer").TransferConfig(
                multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20, use_threads=False
            ),
            "max_memory_size": 2**20,
            # One try, so that a bucket that is away or silent is 503 within 5 seconds; callers try again.
            "client_config": import_module("botocore.config").Config(
                connect_timeout=1.5, read_timeout=3, retries={"total_max_attempts": 1}
            ),
        },
    }


def _malformed_storage() -> ImproperlyConfigured:
    # The value is not repeated: it may hold a secret.
    return ImproperlyConfigured(
        "STORAGE_URL is malformed. Examples: file:///absolute/folder, "
        "s3://KEY:SECRET@s3.example.com/bucket?region=eu-central-1, with / : @ # ? and % in the secret "
        "as %2F %3A %40 %23 %3F %25."
    )
