"""What the pages of an app's owner share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.web.requests import SignedInRequest
from api.oauth.pages.app_summaries import AppSummary, summarise_apps


def owner_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for who is signed in; what is not theirs, or goes while they look, is not found."""

    @wraps(view)
    def page(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404 from None

    return login_required(page)


def own_app(request: SignedInRequest, client_id: str) -> AppSummary:
    """The reader's own app with its numbers. Raises Http404 for any other's."""
    summaries = summarise_apps(request.user, client_id=client_id)
    if not summaries:
        raise Http404
    return summaries[0]


def ask(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """The page of a question; with `?dialog` only what goes into the dialog of another page."""
    kind = "_dialog" if "dialog" in request.GET else ""
    return render(request, f"oauth/{template}{kind}.html", context)
