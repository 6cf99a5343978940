"""What staff may do to an app and to a grant, each asked for before it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from accounts.web.admin_reasons import ReasonForm
from api.oauth.models import Application, Grant
from api.oauth.services import applications
from api.oauth.services.grants import revoke_grant


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that staff may do to an app. `needed`: whether it would change anything.

    `run` is given the reason, which is asked for only where `takes_reason`, and else is "".
    """

    title: str
    effect: str
    button: str
    done: str
    needed: Callable[[Application], bool]
    run: Callable[[Application, str], None]
    takes_reason: bool = False


CHANGES = {
    "disable": Change(
        "Disable app",
        "Its tokens answer 401 from the next request, nobody can connect it, and its owner cannot undo that.",
        "Disable app",
        "disabled",
        lambda app: not app.disabled_by_staff,
        lambda app, reason: applications.set_disabled(app, disabled=True, by_staff=True, reason=reason),
        takes_reason=True,
    ),
    "enable": Change(
        "Enable app",
        "Its tokens that have not ended meanwhile work again at once.",
        "Enable app",
        "enabled",
        lambda app: app.disabled_at is not None,
        lambda app, _: applications.set_disabled(app, disabled=False, by_staff=True),
    ),
    "allow-admin": Change(
        "Allow the admin scope",
        "Its owner may then let it ask for admin: to manage keys and connected apps of whoever agrees.",
        "Allow admin",
        "allowed to ask for admin",
        lambda app: not app.admin_enabled,
        lambda app, _: applications.set_admin_enabled(app, enabled=True),
    ),
    "forbid-admin": Change(
        "Take away the admin scope",
        "Its tokens lose admin from the next request; the rest of what they may do stays.",
        "Take admin away",
        "not allowed to ask for admin any more",
        lambda app: app.admin_enabled,
        lambda app, _: applications.set_admin_enabled(app, enabled=False),
    ),
    "verify": Change(
        "Mark app as verified",
        "Whoever it asks reads that Craft verified it, until its name, website or redirect URIs change.",
        "Mark as verified",
        "verified",
        lambda app: app.verified_at is None,
        lambda app, _: applications.set_verified(app, verified=True),
    ),
    "unverify": Change(
        "Take back the verification",
        "Everybody whom it asks reads that Craft has not verified it.",
        "Take it back",
        "not verified any more",
        lambda app: app.verified_at is not None,
        lambda app, _: applications.set_verified(app, verified=False),
    ),
}


def change_app_view(request: HttpRequest, pk: int, change: str, model_admin: ModelAdmin) -> HttpResponse:
    """Say what will happen, then do it by the service; in the admin's log and in the owner's activity."""
    if not request.user.has_perm("oauth.change_application"):
        raise PermissionDenied
    app = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    plan = CHANGES[change]
    form = ReasonForm(request.POST if request.method == "POST" else None) if plan.takes_reason else None
    if not plan.needed(app):
        messages.info(request, f"“{app.name}” is {plan.done} already.")
    elif request.method != "POST" or (form and not form.is_valid()):
        facts = {"original": app, "plan": plan, "form": form}
        return _ask(request, model_admin, plan.title, facts, "application/change.html")
    else:
        reason = form.cleaned_data["reason"] if form else ""
        plan.run(app, reason)
        model_admin.log_change(request, app, f"{plan.title}.{f' Reason: {reason}' if reason else ''}")
        messages.success(request, f"“{app.name}” is {plan.done}.")
    return redirect("admin:oauth_application_change", pk)


def revoke_grant_view(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """End an app's access to an account, by the same path as the person's own page."""
    if not request.user.has_perm("oauth.delete_grant"):
        raise PermissionDenied
    grant = get_object_or_404(Grant.objects.select_related("user", "application"), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _ask(
            request, model_admin, "Revoke access", {"original": grant, "form": form}, "grant/revoke.html"
        )
    model_admin.log_deletions(request, Grant.objects.filter(pk=pk))
    revoke_grant(grant, by="staff", reason=form.cleaned_data["reason"])
    messages.success(request, f"“{grant.application.name}” has no access to {grant.user.email} any more.")
    return redirect("admin:oauth_grant_changelist")


def _ask(
    request: HttpRequest, model_admin: ModelAdmin, title: str, facts: dict[str, object], template: str
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "subtitle": str(facts["original"]),
        "opts": model_admin.opts,
        **facts,
    }
    return TemplateResponse(request, f"admin/oauth/{template}", context)
