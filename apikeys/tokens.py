"""What a Craft token looks like. No Django: anything may import this.

    craft_<kind>_<public id, 12 base62>_<secret, 32 base62><CRC32 of all before it, 6 base62>

The public id is stored and shown; the whole token is a secret. The checksum lets a mistyped or cut
token be refused without a look-up, and tells a leaked one from a look-alike. It is no protection
against forgery: that is the secret's part (32 base62 characters, 190 bits).
"""

import hashlib
import re
import zlib
from dataclasses import dataclass, field
from enum import StrEnum

from accounts.ids import BASE62, random_base62

PUBLIC_ID_LENGTH = 12
SECRET_LENGTH = 32
CHECKSUM_LENGTH = 6


class Kind(StrEnum):
    """What a token is for; routes its look-up."""

    API_KEY = "key"
    ACCESS_TOKEN = "oat"  # noqa: S105  a kind of secret, not one
    REFRESH_TOKEN = "ort"  # noqa: S105
    AUTHORIZATION_CODE = "oac"
    CLIENT_SECRET = "ocs"  # noqa: S105


PREFIX = "craft_"
PATTERN = re.compile(
    rf"craft_(?P<kind>{'|'.join(Kind)})_(?P<public_id>[0-9A-Za-z]{{{PUBLIC_ID_LENGTH}}})"
    rf"_[0-9A-Za-z]{{{SECRET_LENGTH}}}(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


class MalformedToken(ValueError):
    """The text is no Craft token, or a Craft token that was cut or mistyped (`looks_cut`)."""

    def __init__(self, *, looks_cut: bool) -> None:
        super().__init__("looks incomplete or mistyped" if looks_cut else "is not a Craft token")
        self.looks_cut = looks_cut


@dataclass(frozen=True, slots=True)
class Token:
    """A well-formed token. `raw` is a secret: it stays out of repr, logs and storage."""

    kind: Kind
    public_id: str
    raw: str = field(repr=False)

    @property
    def digest(self) -> bytes:
        """What is stored of it: the SHA-256 of the whole token, 32 bytes."""
        return hashlib.sha256(self.raw.encode("ascii")).digest()


def generate(kind: Kind) -> Token:
    """Make a new token from the operating system's randomness."""
    public_id = random_base62(PUBLIC_ID_LENGTH)
    body = f"{PREFIX}{kind}_{public_id}_{random_base62(SECRET_LENGTH)}"
    return Token(kind, public_id, body + checksum(body))


def parse(text: str) -> Token:
    """Read a token and verify its checksum. Raises MalformedToken."""
    match = PATTERN.fullmatch(text)
    if match is None or checksum(text[:-CHECKSUM_LENGTH]) != match["checksum"]:
        raise MalformedToken(looks_cut=text.startswith(PREFIX))
    return Token(Kind(match["kind"]), match["public_id"], text)


def checksum(body: str) -> str:
    """CRC32 of an ASCII text as 6 base62 digits, padded with 0."""
    value = zlib.crc32(body.encode("ascii"))
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        value, digit = divmod(value, 62)
        digits = BASE62[digit] + digits
    return digits


def shown_id(kind: Kind, public_id: str) -> str:
    """How a token is named on pages and in logs, greppable in one's own files: `craft_key_8Fq2kT7mWc1Z`."""
    return f"{PREFIX}{kind}_{public_id}"
