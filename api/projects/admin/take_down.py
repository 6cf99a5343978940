"""The page of the admin that takes a published page down."""

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from api.projects.models import Deployment
from api.projects.services.deployments import deployment_url
from api.projects.services.take_down import TakenDownAlready, take_down


class TakeDownForm(forms.Form):
    """The reason that staff give; the owner reads it."""

    reason = forms.CharField(
        max_length=Deployment._meta.get_field("taken_down_reason").max_length,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={"required": "Reason is empty. Say why the page has to go."},
        help_text="The owner reads it in their activity.",
    )


def take_down_view(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """Ask for a reason, then take it down; in the admin's log and in the owner's activity."""
    if not request.user.has_perm("projects.change_deployment"):
        raise PermissionDenied
    deployment = get_object_or_404(Deployment.objects.select_related("project__owner"), pk=pk)
    form = TakeDownForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            take_down(deployment, reason=reason)
        except TakenDownAlready:
            messages.error(request, "It was taken down already.")
        else:
            model_admin.log_change(request, deployment, f"Taken down. Reason: {reason}")
            messages.success(request, f"{deployment_url(deployment.label)} now answers 404.")
        return redirect("admin:projects_deployment_change", pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Take page down",
        "subtitle": deployment.uid,
        "opts": model_admin.opts,
        "original": deployment,
        "address": deployment_url(deployment.label),
        "form": form,
    }
    return TemplateResponse(request, "admin/projects/deployment/take_down.html", context)
