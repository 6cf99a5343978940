"""If-Match and If-None-Match (RFC 9110, section 13): do it only if the file is as expected."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.http import parse_etags


class VersionMismatch(Exception):
    """The file is not as the caller expects it."""


def etag(sha256: str) -> str:
    """The entity tag of a version: strong, its hash."""
    return f'"{sha256}"'


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The entity tags of both headers; None where the header is absent. `*` stands for any version."""

    if_match: list[str] | None = None
    if_none_match: list[str] | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Preconditions":
        """Read them. A malformed header names no version, so that If-Match never matches by mistake."""
        match, none_match = headers.get("If-Match"), headers.get("If-None-Match")
        return cls(
            None if match is None else parse_etags(match),
            None if none_match is None else parse_etags(none_match),
        )

    def check_change(self, sha256: str | None) -> None:
        """May a file with this hash (None: there is no file) be changed? Raises PreconditionFailed."""
        self.check_match(sha256)
        if self.if_none_match is not None and self._names(sha256):
            raise VersionMismatch

    def check_match(self, sha256: str | None) -> None:
        """Raise PreconditionFailed unless If-Match, compared strongly, names the file or is absent."""
        if self.if_match is None:
            return
        if sha256 is None or not ("*" in self.if_match or etag(sha256) in self.if_match):
            raise VersionMismatch

    def is_known(self, sha256: str) -> bool:
        """Whether the caller has this version already (304): If-None-Match, compared weakly."""
        return self.if_none_match is not None and self._names(sha256)

    def _names(self, sha256: str | None) -> bool:
        tags = [tag.removeprefix("W/") for tag in self.if_none_match or []]
        return sha256 is not None and ("*" in tags or etag(sha256) in tags)
