"""What a person sees of the apps that may act for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from api.oauth.models import Application, Grant
from api.oauth.services.reputation import people_in_words, with_people
from apikeys.scopes import Scope, in_words

IDLE_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Connection:
    """An app that may act for a person, as that person sees it."""

    grant: Grant
    people: str  # how many let it act for them, in words
    now: datetime

    @property
    def app(self) -> Application:
        app: Application = self.grant.application
        return app

    @property
    def may(self) -> str:
        """What the person gave, in words."""
        return in_words(self.grant.scopes)

    @property
    def is_on_this_computer(self) -> bool:
        """Whether the person agreed to be sent to an app on their own machine."""
        return "localhost" in self.grant.hosts.split()

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


def connections_of(user: User) -> list[Connection]:
    """The apps that may act for somebody, last used first: one query."""
    grants = (
        with_people(Grant.objects.filter(user=user))
        .select_related("application__user")
        .order_by(Coalesce("last_used_at", "granted_at").desc(), F("pk").desc())
    )
    now = timezone.now()
    return [Connection(grant, people_in_words(grant.people), now) for grant in grants]
