"""When a session was last used and where from: what its list says, and its idle end is counted from."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_ID
from django.http import HttpRequest
from django.utils import timezone

from accounts.sessions import SessionStore, signed_in_at

View = TypeVar("View", bound=Callable[..., Any])


def asked_by_script(view: View) -> View:
    """Decorate a view that an open page asks again and again: that is no use by its person."""
    view.is_asked_by_script = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def is_by_person(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether a person asks, not a page left open, nor a browser that fetches what it may need."""
    is_guess = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    return not is_guess and not getattr(view, "is_asked_by_script", False)


def note_seen(request: HttpRequest) -> None:
    """Write that the session of a signed-in request is in use, once in LAST_SEEN_SECONDS at most.

    Nothing when it was written lately; else one conditional UPDATE, so that of requests at once one writes.
    """
    session = cast("SessionStore", request.session)
    if USER_ID not in session:
        return
    now = timezone.now()
    before = now - timedelta(seconds=settings.LAST_SEEN_SECONDS)
    if (session.seen_at is not None and session.seen_at > before) or not request.user.is_authenticated:
        return
    adapter = get_adapter()
    here = {"ip": adapter.get_client_ip(request), "user_agent": adapter.get_http_user_agent(request)}
    if session.seen_at is not None:
        unseen = UserSession.objects.filter(session_key=session.session_key, last_seen_at__lte=before)
        unseen.update(last_seen_at=now, **here)
        return
    # A session that was begun by other means than a page of sign-in: listed, so that it can be ended.
    began_at = signed_in_at(session) or now
    UserSession.objects.get_or_create(
        session_key=session.session_key, defaults={"user": request.user, "created_at": began_at, **here}
    )
