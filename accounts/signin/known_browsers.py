"""Known browsers: somebody who can read the account's mail, or was the first to sign in, used them before.

Strangers' guesses do not lock them out, and the right password needs no code there (accounts.signin.codes).
A signed, http-only cookie holds an entry for each of the last accounts, bound to the account and its password
by a keyed hash. It lets nobody in by itself. It outlives signing out, but not signing out everywhere, and is
worth nothing once the password has changed.
"""

import time
from dataclasses import astuple, dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User
from accounts.utils.ids import random_base62
from accounts.utils.keyed_hash import is_hash_of, keyed_hash

COOKIE = "known_browser"
SALT = "accounts.known_browser"
ACCOUNTS_AT_MOST = 5  # of one browser; the cookie must stay small


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """An entry of the cookie: the browser's own name at an account, and what binds it to the password."""

    id: str
    proof: str
    at: int


def find(request: HttpRequest, email: str) -> KnownBrowser | None:
    """The browser's entry for the account with this address (in lower case). No query without the cookie."""
    entries = _read(request)
    # Text that no database can store is nobody's address.
    if not entries or not email.isprintable():
        return None
    user = User.objects.filter(email=email).first() or User()  # whom no entry proves, in the same time
    return next((entry for entry in entries if proves(entry.proof, user, entry.id)), None)


def is_known(request: HttpRequest, user: User) -> bool:
    """Whether the browser has an entry for this account."""
    return any(proves(entry.proof, user, entry.id) for entry in _read(request))


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Make the browser known to the account from this answer on."""
    others = [entry for entry in _read(request) if not proves(entry.proof, user, entry.id)]
    name = random_base62(16)
    entries = [KnownBrowser(name, proof_of(user, name), int(time.time())), *others][:ACCOUNTS_AT_MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps([astuple(entry) for entry in entries], salt=SALT),
        max_age=settings.KNOWN_BROWSER_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def proof_of(user: User, name: str) -> str:
    """A keyed hash of the account, its present password, when all was ended last, and a name."""
    return keyed_hash(SALT, _proven(user, name))


def proves(proof: str, user: User, name: str) -> bool:
    """Whether the proof was made for this account and name, and nothing has ended it since."""
    return is_hash_of(proof, SALT, _proven(user, name))


def _proven(user: User, name: str) -> str:
    ended_at = user.oauth_valid_after.timestamp() if user.oauth_valid_after else ""
    return f"{name}|{user.pk}|{user.password}|{ended_at}"


def _read(request: HttpRequest) -> list[KnownBrowser]:
    """The entries that are not too old; none unless this site signed the cookie."""
    try:
        entries = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return []
    oldest = time.time() - settings.KNOWN_BROWSER_SECONDS
    return [entry for entry in (KnownBrowser(*each) for each in entries) if entry.at > oldest]
