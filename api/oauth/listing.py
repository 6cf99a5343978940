"""What the pages about apps show: apps with their numbers, and the connections of a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db.models import Count, F, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from api.oauth import usage
from api.oauth.models import Application, Grant
from api.oauth.wording import in_words
from apikeys.scopes import Scope

IDLE_AFTER = timedelta(days=90)
# RFC 7636, appendix B: for the link that is pasted to try an app out.
EXAMPLE_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
EXAMPLE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class State(StrEnum):
    """What there is to say of an app first."""

    DISABLED = "disabled"
    SECRETLESS = "secretless"  # a confidential app without one authenticates nobody
    NEVER_USED = "never-used"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class AppLine:
    """An app as its owner sees it."""

    app: Application
    users: int
    secrets: int
    last_used_at: datetime | None

    @property
    def state(self) -> State:
        """The one badge."""
        if self.app.disabled_at:
            return State.DISABLED
        if not self.app.is_public and not self.secrets:
            return State.SECRETLESS
        return State.ACTIVE if self.last_used_at else State.NEVER_USED

    @property
    def scope(self) -> str:
        """What it may ask for, as a link says it."""
        return " ".join(scope for scope in Scope if scope in self.app.scopes)


@dataclass(frozen=True, slots=True)
class Connection:
    """An app that may act for a person, as that person sees it."""

    grant: Grant
    now: datetime

    @property
    def app(self) -> Application:
        """The app."""
        app: Application = self.grant.application
        return app

    @property
    def may(self) -> str:
        """What the person gave, in words."""
        return in_words(self.grant.scopes)

    @property
    def can_delete(self) -> bool:
        """Whether the person gave it to delete."""
        return Scope.DELETE in self.grant.scopes

    @property
    def can_administer(self) -> bool:
        """Whether the person let it manage the account."""
        return Scope.ADMIN in self.grant.scopes

    @property
    def idle_days(self) -> int:
        """For how many days nothing came from it; 0 while that is less than 90."""
        idle = self.now - (self.grant.last_used_at or self.grant.granted_at)
        return idle.days if idle >= IDLE_AFTER else 0


def apps_of(owner: User, **lookup: object) -> list[AppLine]:
    """The apps somebody registered, newest first: one query however many there are."""
    usage.flush()
    rows = (
        Application.objects.filter(user=owner, **lookup)
        .select_related("user")
        .annotate(
            user_count=Count("grants", distinct=True),
            secret_count=Count("secrets", distinct=True),
            used_at=Max("grants__last_used_at"),
        )
        .order_by("-created", "-pk")
    )
    return [AppLine(row, row.user_count, row.secret_count, row.used_at) for row in rows]


def connections_of(user: User) -> list[Connection]:
    """The apps that may act for somebody, last used first: one query."""
    usage.flush()
    grants = (
        Grant.objects.filter(user=user)
        .select_related("application__user")
        .order_by(Coalesce("last_used_at", "granted_at").desc(), F("pk").desc())
    )
    now = timezone.now()
    return [Connection(grant, now) for grant in grants]


def authorize_link(app: Application) -> str:
    """A link that starts the flow, ready to be pasted into a browser.

    Asks for the harmless scopes the app may ask for. A public app's has the example of RFC 7636.
    """
    harmless = [scope for scope in (Scope.READ, Scope.WRITE) if scope in app.scopes]
    parameters = {
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri_list[0],
        "response_type": "code",
        "scope": " ".join(harmless or [scope for scope in Scope if scope in app.scopes]),
    }
    if app.is_public:
        parameters |= {"code_challenge": EXAMPLE_CHALLENGE, "code_challenge_method": "S256"}
    return f"{settings.WEB_URL}/oauth/authorize?{urlencode(parameters, quote_via=quote)}"
