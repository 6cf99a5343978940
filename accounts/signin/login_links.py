"""Links that let a browser sign in at an account at which too many passwords were tried."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User
from accounts.signin.known_browsers import proof_of, proves
from accounts.tries import Counter, Limit
from accounts.utils.ids import random_base62

USES = Limit("login link", most=1, seconds=settings.LOGIN_LINK_SECONDS)


@dataclass(frozen=True, slots=True)
class LoginLink:
    """A link that this site has mailed and that is young enough; `uses` says whether it was used."""

    user: User
    uses: Counter


def make_link(user: User) -> str:
    """The path of a link that works once, for LOGIN_LINK_SECONDS, until password or address change."""
    name = random_base62(16)
    token = _signer().sign_object([user.pk, name, proof_of(user, _named(name, user))])
    return reverse("account_login_link", args=[token])


def read_link(token: str) -> LoginLink | None:
    """What the token of a link stands for; None when it is forged, too old or its account has changed."""
    try:
        pk, name, proof = _signer().unsign_object(token, max_age=settings.LOGIN_LINK_SECONDS)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return LoginLink(user, USES.of(name)) if user and proves(proof, user, _named(name, user)) else None


def _named(name: str, user: User) -> str:
    """What a link is bound to beside the password: the address that it was mailed to."""
    return f"{name} {user.email}"


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="accounts.login_link", sep=".")  # a colon may end a link in a mail
