"""What the pages of an app's owner show: apps with their numbers, and a link to try one out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db.models import Count, Max

from accounts.models import User
from api.oauth.models import Application
from apikeys.scopes import Scope, in_order

# RFC 7636, appendix B: for the link that is pasted to try an app out.
EXAMPLE_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
EXAMPLE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class AppState(StrEnum):
    """What there is to say of an app first."""

    DISABLED = "disabled"
    SECRETLESS = "secretless"  # a confidential app without one authenticates nobody
    NEVER_USED = "never-used"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class AppSummary:
    """An app as its owner sees it."""

    app: Application
    users: int
    secrets: int
    last_used_at: datetime | None

    @property
    def state(self) -> AppState:
        """What to say of the app first: the one badge that it gets."""
        if self.app.disabled_at:
            return AppState.DISABLED
        if not self.app.is_public and not self.secrets:
            return AppState.SECRETLESS
        return AppState.ACTIVE if self.last_used_at or self.users else AppState.NEVER_USED

    @property
    def scope(self) -> str:
        """What it may ask for, as a link says it."""
        return " ".join(in_order(self.app.scopes))


def summarise_apps(owner: User, **lookup: object) -> list[AppSummary]:
    """The apps somebody registered, newest first: one query however many there are."""
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
    return [AppSummary(row, row.user_count, row.secret_count, row.used_at) for row in rows]


def authorize_link(app: Application) -> str:
    """A link that starts the flow, ready to be pasted into a browser.

    Asks for the harmless scopes the app may ask for. A public app's has the example of RFC 7636.
    """
    harmless = [scope for scope in (Scope.READ, Scope.WRITE) if scope in app.scopes]
    parameters = {
        "client_id": app.client_id,
        "redirect_uri": app.redirect_uri_list[0],
        "response_type": "code",
        "scope": " ".join(harmless or in_order(app.scopes)),
    }
    if app.is_public:
        parameters |= {"code_challenge": EXAMPLE_CHALLENGE, "code_challenge_method": "S256"}
    return f"{settings.WEB_URL}/oauth/authorize?{urlencode(parameters, quote_via=quote)}"
