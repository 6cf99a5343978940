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

from accounts.utils.ids import BASE62, random_base62

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
_DIGIT = "[0-9A-Za-z]"
_TWO_DIGITS = [one + other for one in BASE62 for other in BASE62]  # all numbers of two, in their order
_PUBLIC_ID = f"(?P<public_id>{_DIGIT}{{{PUBLIC_ID_LENGTH}}})"
PATTERN = re.compile(
    rf"{PREFIX}(?P<kind>{'|'.join(Kind)})_{_PUBLIC_ID}"
    rf"_{_DIGIT}{{{SECRET_LENGTH}}}(?P<checksum>{_DIGIT}{{{CHECKSUM_LENGTH}}})"
)
# A word that may be a token: the whole of it, so that one character too many is noticed.
WORD = re.compile(rf"{PREFIX}(?:{_DIGIT}|_)*")
# Enough of a token that a part of its secret is in it, or could be.
HOLDS_SECRET = re.compile(rf"{PREFIX}[a-z]{{3}}_{_DIGIT}{{{PUBLIC_ID_LENGTH}}}_{_DIGIT}")
# What names a key: its public id, with or without what is written around it.
NAMES_KEY = re.compile(rf"(?:{PREFIX}{Kind.API_KEY}_)?{_PUBLIC_ID}(?:_{_DIGIT}*)?")

SHOWN_ID = re.compile(rf"{PREFIX}(?:{'|'.join(Kind)})_{_DIGIT}{{{PUBLIC_ID_LENGTH}}}(?!{_DIGIT})")
# A token as it may stand in an address or a program's text, escaped: %5F, %255F, \x5f, \u005f.
_LOOSE = {char: rf"(?:{char}|%(?:25)*{ord(char):02x}|\\+(?:x|u00){ord(char):02x})" for char in f"{PREFIX}"}
_LOOSE_DIGIT = rf"(?:{_DIGIT}|%(?:25)*[3-7][0-9a-f])"
MASKED = re.compile(
    rf"({''.join(_LOOSE[char] for char in PREFIX)}{_LOOSE_DIGIT}{{3}}{_LOOSE['_']}"
    rf"{_LOOSE_DIGIT}{{{PUBLIC_ID_LENGTH}}}{_LOOSE['_']})(?:{_LOOSE_DIGIT}|{_LOOSE['_']})+",
    re.IGNORECASE,
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
    rest, last = divmod(zlib.crc32(body.encode("ascii")), len(_TWO_DIGITS))
    first, middle = divmod(rest, len(_TWO_DIGITS))
    return _TWO_DIGITS[first] + _TWO_DIGITS[middle] + _TWO_DIGITS[last]


def beginning(kind: Kind) -> str:
    """What every token of a kind begins with: `craft_key_`."""
    return f"{PREFIX}{kind}_"


def shown_id(kind: Kind, public_id: str) -> str:
    """How a token is named on pages and in logs, greppable in one's own files: `craft_key_8Fq2kT7mWc1Z`."""
    return beginning(kind) + public_id


def find_word(text: str) -> str | None:
    """The first word of a text that may be a token, such as a line of a log; None when there is none."""
    match = WORD.search(text)
    return match[0] if match else None


def holds_secret(text: str) -> bool:
    """Whether a text holds so much of a token that a part of its secret may be in it."""
    return HOLDS_SECRET.search(text) is not None


def find_shown_id(text: str) -> str | None:
    """The first `craft_<kind>_<public id>` in a text, or None; never more of a token than that."""
    match = SHOWN_ID.search(text)
    return match[0] if match else None


def mask_tokens(text: str) -> str:
    """The text with no secret of a token in it, cut ones and escaped ones included; public ids stay."""
    return MASKED.sub(r"\1***", text)


def public_id_of_key(text: str) -> str | None:
    """The public id in a public id, `craft_key_<public id>` or a whole key; None for any other text."""
    match = NAMES_KEY.fullmatch(text)
    return match["public_id"] if match else None
