"""What the pages of an app's owner share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from api.oauth.listing import AppLine, apps_of


class OwnerRequest(HttpRequest):
    """A request behind owner_page."""

    user: User


def owner_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for who is signed in; what is not theirs, or goes while they look, is not found."""

    @wraps(view)
    def page(request: OwnerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404 from None

    return login_required(page)


def own_app(request: OwnerRequest, client_id: str) -> AppLine:
    """The reader's own app with its numbers. Raises Http404 for any other's."""
    lines = apps_of(request.user, client_id=client_id)
    if not lines:
        raise Http404
    return lines[0]


def ask(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """The page of a question; with `?dialog` only what goes into the dialog of another page."""
    kind = "_dialog" if "dialog" in request.GET else ""
    return render(request, f"oauth/{template}{kind}.html", context)
