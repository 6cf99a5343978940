"""Was the person here a moment ago? Judged by the newest sign-in or re-authentication of the session.

allauth's own decorator counts re-authentications only, so it would ask again right after the sign-in.
"""

import time
from collections.abc import Mapping

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

DRAFTS = "drafts"
DRAFT_MAX_LENGTH = 10_000  # characters of all its values; a session is read on every page
SECRET_FIELDS = ("password", "oldpassword", "password1", "csrfmiddlewaretoken")


def is_recent(request: HttpRequest) -> bool:
    """Whether the session's newest authentication is younger than RECENT_AUTHENTICATION_SECONDS."""
    if not request.user.is_authenticated:
        return False
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(moments) and 0 <= time.time() - max(moments) < settings.RECENT_AUTHENTICATION_SECONDS


def require_recent(request: HttpRequest, next: str = "") -> HttpResponse | None:  # noqa: A002  its name in the URL
    """None when the authentication is recent, else ask_again()."""
    return None if is_recent(request) else ask_again(request, next)


def ask_again(request: HttpRequest, next: str = "") -> HttpResponse:  # noqa: A002
    """Redirect to the page that asks for the password, and from there to `next` (default: this page)."""
    query = urlencode({"next": next or request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")


def keep_draft(request: HttpRequest, data: Mapping[str, object], name: str = "") -> None:
    """Remember what a form held while the person authenticates again, so that it comes back filled in.

    `name` says which form, by default the one at this path. Keeps text only, and no field that may
    hold a secret; a very long form is not kept.
    """
    values = {
        field: value for field, value in data.items() if isinstance(value, str) and field not in SECRET_FIELDS
    }
    if sum(len(value) for value in values.values()) <= DRAFT_MAX_LENGTH:
        request.session[DRAFTS] = {**request.session.get(DRAFTS, {}), name or request.path: values}


def take_draft(request: HttpRequest, name: str = "") -> dict[str, str]:
    """What keep_draft remembered for this form, once; empty when there is nothing."""
    drafts = dict(request.session.get(DRAFTS, {}))
    values: dict[str, str] = drafts.pop(name or request.path, {})
    if values:
        request.session[DRAFTS] = drafts
    return values
