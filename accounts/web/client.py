"""Who is at the other end: the address and agent of a request."""

import ipaddress
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest

AGENT_MAX_LENGTH = 200
ACTING = "craft.acting"  # in the WSGI environment, in which no header can be named so


class ActingCredential(NamedTuple):
    """What somebody acts with. `kind`: api_key, oauth or session; `id` and `name`: the key's or the app's."""

    kind: str = ""
    id: str = ""
    name: str = ""


NOTHING, SESSION = ActingCredential(), ActingCredential("session")


class Client(NamedTuple):
    """`ip`: textual address, or None when unknown. `agent`: printable User-Agent, at most 200 characters."""

    ip: str | None
    agent: str
    acting: ActingCredential = NOTHING


NOBODY = Client(ip=None, agent="")  # the command line, housekeeping


def client_of(request: HttpRequest) -> Client:
    """The client of a request, as far as it can be trusted."""
    agent: str = request.META.get("HTTP_USER_AGENT", "")
    return Client(
        ip=client_address(request),
        agent=_printable(agent[: AGENT_MAX_LENGTH * 2]),
        acting=acting_credential(request),
    )


def note_credential(request: HttpRequest, acting: ActingCredential) -> None:
    """Keep what a call of /v1 was authenticated with, for what it does to be told with it."""
    request.META[ACTING] = acting


def acting_credential(request: HttpRequest) -> ActingCredential:
    """What was noted of a call of /v1; of a page the session of who is signed in."""
    noted: ActingCredential | None = request.META.get(ACTING)
    if noted is not None:
        return noted
    user = getattr(request, "user", None)  # there is none ahead of the middleware for pages
    return SESSION if user is not None and user.is_authenticated else NOTHING


def client_address(request: HttpRequest) -> str | None:
    """The client's address; X-Forwarded-For is read only as far as TRUSTED_PROXY_COUNT proxies wrote it.

    Each trusted proxy appends the address it saw, so the n-th entry from the right is the first that
    a client cannot forge. With fewer entries than proxies the request did not come through them all,
    and the connection's own address is the only truth.
    """
    count: int = settings.TRUSTED_PROXY_COUNT
    if count:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(forwarded) >= count and (address := _normalised(forwarded[-count])):
            return address
    return _normalised(request.META.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest) -> str | None:
    """What limits count by: the client's address, IPv6 as its /64; None when unknown."""
    return network_of(client_address(request))


@lru_cache(maxsize=1024)
def network_of(address: str | None) -> str | None:
    """The address itself, or of IPv6 the /64 that one subscriber has to themselves."""
    if address is None or ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False))


# Callers call again: working these two out anew would be a tenth of a call with a key.
@lru_cache(maxsize=1024)
def _normalised(text: str) -> str | None:
    """One spelling for each address; IPv4 mapped into IPv6 is IPv4; None when it is no address."""
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


@lru_cache(maxsize=1024)
def _printable(agent: str) -> str:
    """The agent without control and format characters, cut to what is stored."""
    return "".join(c for c in agent if unicodedata.category(c)[0] != "C")[:AGENT_MAX_LENGTH].strip()
