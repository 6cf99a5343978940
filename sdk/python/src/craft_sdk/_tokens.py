"""What a Craft token looks like.

    craft_<kind>_<public id, 12 base62>_<secret, 32 base62><CRC32 of all before it, 6 base62>

The checksum tells a key that was cut or mistyped before anything is sent.
"""

import re
import zlib
from typing import Literal

from craft_sdk.errors import ConfigurationError

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PATTERN = re.compile(r"craft_(key|oat|ort|oac|ocs)_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")
LENGTH = 61
CHECKSUM_LENGTH = 6

Kind = Literal["key", "oat", "ort", "oac", "ocs"]
KINDS: dict[Kind, str] = {
    "key": "API key",
    "oat": "access token",
    "ort": "refresh token",
    "oac": "authorization code",
    "ocs": "client secret",
}


def check_token(text: str, kind: Kind, option: str) -> str:
    """The token without the spaces around it, if it is a whole one of this kind.

    `option` is where it was given. Raises ConfigurationError, whose message does not contain the token.
    """
    if not isinstance(text, str):
        raise ConfigurationError(f"{option} must be a string.")
    token = text.strip()
    if not token:
        raise ConfigurationError(f"{option} is empty.")
    prefix = f"craft_{kind}_"
    if token[0] in "'\"`" and token[1:].startswith("craft_"):
        raise ConfigurationError(f"{option} must be given without quotes around it.")
    if token.lower().startswith("bearer "):
        raise ConfigurationError(f"{option} must be given without Bearer: this SDK adds it.")
    if not token.startswith(prefix):
        other = next((KINDS[each] for each in KINDS if token.startswith(f"craft_{each}_")), None)
        if other:
            raise ConfigurationError(f"{option} is a Craft {other}, not {KINDS[kind]}.")
        raise ConfigurationError(f"{option} is no Craft {KINDS[kind]}: those begin with {prefix}.")
    if len(token) != LENGTH:
        raise ConfigurationError(
            f"{option} looks incomplete or mistyped: "
            f"it has {len(token)} characters, a whole one has {LENGTH}."
        )
    if not PATTERN.fullmatch(token) or checksum(token[:-CHECKSUM_LENGTH]) != token[-CHECKSUM_LENGTH:]:
        raise ConfigurationError(f"{option} looks mistyped: its checksum is wrong.")
    return token


def checksum(body: str) -> str:
    """CRC32 of an ASCII text as 6 base62 digits, padded with 0."""
    value = zlib.crc32(body.encode("ascii"))
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        value, digit = divmod(value, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits
