"""Uses of keys, as the API would have noted them."""

from datetime import datetime

from accounts.web.client import Client
from apikeys import usage
from apikeys.models import APIKey, APIKeyUsage, Outcome, UsagePeriod
from apikeys.usage import Call

LAPTOP = Client(ip="203.0.113.7", agent="curl/8.5")
SERVER = Client(ip="2001:db8::7", agent="python-requests/2.32")


def caller(number: int) -> Client:
    """One of many."""
    return Client(ip=f"2001:db8::{number:x}", agent=f"agent {number}")


def call(client: Client = LAPTOP, method: str = "GET", route: str = "/v1/me") -> Call:
    """A call of the API."""
    return Call(client, method, route, "0" * 32)


def use(
    key: APIKey, client: Client = LAPTOP, *, status: int = 200, method: str = "GET", route: str = "/v1/me"
) -> None:
    """Note one call with the key's newest secret. `key` has its public id, as services return it."""
    usage.record_use(key.pk, key.public_id, call(client, method, route), status=status)


def count(key: APIKey, at: datetime, requests: int, *, outcome: Outcome = Outcome.OK) -> None:
    """Write that the key made so many requests in the hour, and the day, of a moment."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    for period, begin in ((UsagePeriod.HOUR, hour), (UsagePeriod.DAY, hour.replace(hour=0))):
        row, made = APIKeyUsage.objects.get_or_create(
            key=key,
            period=period,
            at=begin,
            route="/v1/me",
            method="GET",
            outcome=outcome,
            defaults={"requests": requests},
        )
        if not made:
            row.requests += requests
            row.save()
