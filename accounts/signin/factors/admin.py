"""The admin's page on which staff reset the second factors of who has lost them."""

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.formats import date_format

from accounts.models import User
from accounts.signin.factors import reset


class ResetForm(forms.Form):
    """Why the factors are reset."""

    reason = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        error_messages={"required": "Reason is empty. Say how you know that the owner asks for it."},
        help_text="The owner reads it in the mail about it, and in their activity.",
    )


def reset_factors(request: HttpRequest, user: User, model_admin: ModelAdmin) -> HttpResponse:
    """Ask for a reason, then let the factors end a day from now."""
    form = ResetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            ends_at = reset.ask(user, reason)
        except reset.NothingToReset:
            messages.error(request, "There is no second factor, or its reset waits already.")
        else:
            model_admin.log_change(request, user, f"Reset of second factors asked for. Reason: {reason}")
            until = date_format(ends_at, "j F Y, H:i")
            messages.success(request, f"{user.email} is told by mail and can stop it until {until} UTC.")
        return redirect("admin:accounts_user_change", user.pk)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Reset second factors",
        "subtitle": user.email,
        "opts": model_admin.opts,
        "original": user,
        "form": form,
    }
    return TemplateResponse(request, "admin/accounts/user/reset_factors.html", context)
