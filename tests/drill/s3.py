"""A server that speaks S3, moto's, with one bucket."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

BUCKET, REGION = "craft-files", "eu-central-1"


@contextmanager
def s3_server() -> Iterator[tuple[str, int]]:
    """Its address."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server.start()
    try:
        host, port = server.get_host_and_port()
        boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            region_name=REGION,
            aws_access_key_id="KEY",
            aws_secret_access_key="SECRET",
        ).create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield host, port
    finally:
        server.stop()


def storage_url(host: str, port: int) -> str:
    """STORAGE_URL for it."""
    return f"s3+http://KEY:SECRET@{host}:{port}/{BUCKET}?region={REGION}"
