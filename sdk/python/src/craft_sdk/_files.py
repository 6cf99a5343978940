"""What `client.files` sends."""

import base64
from typing import Any

from craft_sdk import _answers
from craft_sdk._bodies import Body
from craft_sdk._calls import Call
from craft_sdk._paths import below_project, file_path, header, text
from craft_sdk.errors import invalid
from craft_sdk.models import ProjectFile


def path_of(project_id: str, path: str) -> str:
    """Where a file is. Raises InvalidRequestError."""
    return below_project(project_id, "files", file_path(path))


def fields_of(content: str | bytes, **others: str) -> dict[str, Any]:
    """A file as JSON has it. Raises InvalidRequestError."""
    text(others.get("path", ""), "path")
    if isinstance(content, str):
        return {**others, "content": content, "encoding": "utf-8"}
    if not isinstance(content, bytes | bytearray | memoryview):
        raise invalid("content", f"This must be a string or bytes, not {type(content).__name__}.")
    return {**others, "content": base64.b64encode(content).decode("ascii"), "encoding": "base64"}


def conditions(if_match: str | None, if_none_match: str | None = None) -> dict[str, str]:
    """If-Match and If-None-Match for a hash, an entity tag or *. Raises InvalidRequestError."""
    given = [("If-Match", if_match, "if_match"), ("If-None-Match", if_none_match, "if_none_match")]
    return {name: _entity_tag(header(value, option)) for name, value, option in given if value is not None}


def _entity_tag(version: str) -> str:
    return version if version == "*" or '"' in version else f'"{version}"'


def uploading(path: str, body: Body, content_type: str | None, headers: dict[str, str]) -> Call[ProjectFile]:
    """Send a file as it is. Raises InvalidRequestError."""
    # Sent as application/json, a JSON file would be taken for the API's own JSON.
    kind = header(content_type or "application/octet-stream", "content_type")
    if kind.partition(";")[0].strip().lower() == "application/json":
        kind = "application/octet-stream"
    headers = {"Content-Type": kind, **headers}
    return Call("PUT", path, lambda reply: _answers.one(reply, ProjectFile), headers=headers, body=body)
