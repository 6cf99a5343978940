"""What staff do to a key with a reason that its owner reads: revoke or disable it; and enable it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from apikeys.admin.forms import ReasonForm
from apikeys.models import APIKey, DisabledBy
from apikeys.services import StateForbids, disable_key, enable_key, revoke_key
from apikeys.usage import reports


@dataclass(frozen=True, slots=True)
class Action:
    """One of them, in the words of its page. `done` ends the sentence that says that it worked."""

    title: str
    warning: str
    done: str
    do: Callable[[APIKey, str], object]


REVOKE = Action(
    "Revoke",
    "Every request with it gets 401 at once. This cannot be undone, neither by you nor by the owner.",
    "revoked",
    lambda key, reason: revoke_key(key, reason=reason, by="staff"),
)
DISABLE = Action(
    "Disable",
    "Every request with it gets 401 at once, until staff enable it. The owner gets a mail with the reason.",
    "disabled",
    lambda key, reason: disable_key(key, by=DisabledBy.STAFF, reason=reason),
)


def act_with_reason(request: HttpRequest, pk: int, model_admin: ModelAdmin, action: Action) -> HttpResponse:
    """Ask for a reason, then do it; in the admin's log and in the owner's activity."""
    key = _find(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            action.do(key, reason)
        except StateForbids as error:
            messages.error(request, str(error))
        else:
            model_admin.log_change(request, key, f"{action.done.capitalize()}. Reason: {reason}")
            messages.success(request, f"“{key.name}” is {action.done}. Every request with it now gets 401.")
        return redirect("admin:apikeys_apikey_change", pk)
    if not key.is_live and (action is DISABLE or key.revoked_at):
        ended = "was revoked" if key.revoked_at else "is deleted"
        messages.error(request, f"This key {ended} already.")
        return redirect("admin:apikeys_apikey_change", pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{action.title} API key",
        "subtitle": key.name,
        "opts": model_admin.opts,
        "original": key,
        "action": action,
        "form": form,
        "requests": reports.requests_since(key, timezone.now() - timedelta(hours=24)),
    }
    return TemplateResponse(request, "admin/apikeys/apikey/reason.html", context)


def enable_view(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """Let a disabled key work again."""
    key = _find(request, pk)
    if request.method == "POST":
        try:
            enable_key(key, by=DisabledBy.STAFF)
        except StateForbids as error:
            messages.error(request, str(error))
        else:
            model_admin.log_change(request, key, "Enabled.")
            messages.success(request, f"“{key.name}” is enabled.")
    return redirect("admin:apikeys_apikey_change", pk)


def _find(request: HttpRequest, pk: int) -> APIKey:
    if not request.user.has_perm("apikeys.change_apikey"):
        raise PermissionDenied
    key: APIKey = get_object_or_404(APIKey.objects.with_public_id().select_related("user"), pk=pk)
    return key
