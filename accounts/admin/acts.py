"""What staff do to an account with a reason: let it do nothing, let it act again, sign it out."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from accounts import security_log
from accounts.events import Event
from accounts.models import User
from accounts.services import end_sessions_of, switch_account
from accounts.web.admin_reasons import ReasonForm


@dataclass(frozen=True, slots=True)
class Act:
    """One of them, in the words of its page. `needed`: whether it would change anything."""

    title: str
    effect: str
    button: str
    done: str
    needed: Callable[[User], bool]
    run: Callable[[User, str], None]


def _switch(user: User, reason: str) -> None:
    active = not user.is_active
    switch_account(user, active=active)
    changed = {"is_active": [not active, active]}
    security_log.record(user, Event.PROFILE_CHANGED, changed=changed, by="staff", reason=reason)


def _sign_out(user: User, reason: str) -> None:
    count = len(end_sessions_of(user))
    security_log.record(user, Event.SESSIONS_ENDED, sessions=count, by="staff", reason=reason)


ACTS = {
    "deactivate": Act(
        "Deactivate account",
        "Sessions, codes and tokens end at once, for good. API keys answer 401 and published pages 404, and "
        "nobody can sign in, until staff activate the account again.",
        "Deactivate",
        "deactivated",
        lambda user: user.is_active,
        _switch,
    ),
    "activate": Act(
        "Activate account",
        "Its owner can sign in again. API keys stay disabled until the owner enables them, one by one.",
        "Activate",
        "active again",
        lambda user: not user.is_active,
        _switch,
    ),
    "sign-out": Act(
        "Sign out everywhere",
        "Every browser is signed out at its next request, and none is trusted any more. API keys and apps go "
        "on.",
        "Sign out",
        "signed out everywhere",
        lambda user: user.is_active,
        _sign_out,
    ),
}


def act_view(request: HttpRequest, pk: int, name: str, model_admin: ModelAdmin) -> HttpResponse:
    """Ask for a reason, then do it; in the admin's log and in the owner's activity."""
    user = get_object_or_404(User, pk=pk)
    act = ACTS[name]
    if user == request.user or not model_admin.has_change_permission(request, user):
        raise PermissionDenied
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not act.needed(user):
        messages.info(request, f"{user.email} is {act.done} already.")
    elif form.is_valid():
        reason = form.cleaned_data["reason"]
        with transaction.atomic():
            act.run(user, reason)
            model_admin.log_change(request, user, f"{act.title}. Reason: {reason}")
        messages.success(request, f"{user.email} is {act.done}.")
    else:
        context = {
            **model_admin.admin_site.each_context(request),
            "title": act.title,
            "subtitle": user.email,
            "opts": model_admin.opts,
            "original": user,
            "act": act,
            "form": form,
        }
        return TemplateResponse(request, "admin/accounts/user/act.html", context)
    return redirect("admin:accounts_user_change", pk)
