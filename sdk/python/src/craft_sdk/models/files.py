"""The files of a project."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Encoding = Literal["utf-8", "base64"]


@dataclass(frozen=True, kw_only=True)
class ProjectFile:
    """A file of a project, without its content.

    Attributes:
        size: bytes.
        sha256: hexadecimal; what `if_match` takes.
    """

    path: str
    size: int
    content_type: str
    sha256: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProjectFileContent(ProjectFile):
    """A file with its content: `content` as it came, `data` as bytes."""

    content: str = field(repr=False)
    encoding: Encoding

    @property
    def data(self) -> bytes:
        """The content as bytes."""
        return base64.b64decode(self.content) if self.encoding == "base64" else self.content.encode()
