"""Pages of the signed-out shell."""

from collections.abc import Callable

from csp.decorators import csp_replace
from django.http import HttpResponseBase
from django.views.generic import View

# Chromium applies form-action to the redirect after a form was sent, and the way from here may lead to an
# app that is being connected: no restriction on any page of the signed-out shell.
_open_form_action = csp_replace({"form-action": None})


def entrance(view: type[View], **options: object) -> Callable[..., HttpResponseBase]:
    """A view as a page of the signed-out shell."""
    page: Callable[..., HttpResponseBase] = _open_form_action(view.as_view(**options))
    return page
