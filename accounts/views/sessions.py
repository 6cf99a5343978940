"""Account Settings → Sessions: where a person is signed in. Ending one takes no recent sign-in."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from accounts.session_list import end_other_sessions, live_sessions
from accounts.session_list import end_session as end_listed
from accounts.web.client import client_of
from accounts.web.notices import notify
from accounts.web.requests import SignedInRequest

SESSIONS_PER_PAGE = 25


@login_required
@require_safe
def list_sessions(request: SignedInRequest) -> HttpResponse:
    """One row each, this browser first."""
    sessions = live_sessions(request.user, request.session.session_key)
    page = Paginator(sessions, SESSIONS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/sessions.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_session(request: SignedInRequest, pk: int) -> HttpResponse:
    """What ending one means, then the end of it. This browser's own is signing out."""
    sessions = live_sessions(request.user, request.session.session_key)
    session = next((each for each in sessions if each.row.pk == pk), None)
    if session is None:
        raise Http404
    if request.method != "POST":
        return render(request, "accounts/session_end.html", {"session": session})
    if session.is_current:
        logout(request)
        return redirect("account_login")
    end_listed(session, client_of(request))
    notify(request, format_html("<strong>{}</strong> is signed out.", session.program))
    return redirect("accounts:session-list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_others(request: SignedInRequest) -> HttpResponse:
    """How many there are, then the end of all but this one."""
    key = request.session.session_key
    if request.method != "POST":
        count = sum(not each.is_current for each in live_sessions(request.user, key))
        return render(request, "accounts/sessions_end_others.html", {"count": count})
    count = end_other_sessions(request.user, key, client_of(request))
    words = "1 other browser is" if count == 1 else f"{count} other browsers are"
    notify(request, f"{words} signed out.")
    return redirect("accounts:session-list")
