"""The ways in and out. The names are allauth's, which looks them up; the pages are Craft's."""

from collections.abc import Callable

from allauth.account import views
from csp.decorators import csp_replace
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.generic import RedirectView, View

from accounts.signin import forms
from accounts.signin import views as own

# Chromium applies form-action to the redirect after a form was sent, and the way from here may lead to an
# app that is being connected: no restriction on any page of the signed-out shell.
_open_form_action = csp_replace({"form-action": None})


def _entrance(view: type[View], **options: object) -> Callable[..., HttpResponseBase]:
    """An allauth view as a page of the signed-out shell."""
    page: Callable[..., HttpResponseBase] = _open_form_action(view.as_view(**options))
    return page


urlpatterns: list[URLPattern] = [
    path("login/", _entrance(own.LoginView, form_class=forms.LoginForm), name="account_login"),
    path("login/link/<str:token>/", _entrance(own.LoginLinkView), name="account_login_link"),
    path("signup/", _entrance(views.SignupView), name="account_signup"),
    path("logout/", _entrance(views.LogoutView), name="account_logout"),
    path("inactive/", _entrance(views.AccountInactiveView), name="account_inactive"),
    path(
        "confirm-email/",
        _entrance(own.CodeView, form_class=forms.CodeForm),
        name="account_email_verification_sent",
    ),
    path(
        "reauthenticate/",
        _entrance(views.ReauthenticateView, form_class=forms.ReauthenticateForm),
        name="account_reauthenticate",
    ),
    path(
        "password/reset/",
        _entrance(views.PasswordResetView, form_class=forms.ResetPasswordForm),
        name="account_reset_password",
    ),
    path("password/reset/done/", _entrance(views.PasswordResetDoneView), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        # Changed and told, or neither.
        transaction.atomic(_entrance(own.NewPasswordView, form_class=forms.ResetPasswordKeyForm)),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        _entrance(views.PasswordResetFromKeyDoneView),
        name="account_reset_password_from_key_done",
    ),
    # allauth leads here by name; Craft has these in its settings.
    path(
        "password/change/",
        RedirectView.as_view(pattern_name="accounts:password-edit"),
        name="account_change_password",
    ),
    path("email/", RedirectView.as_view(pattern_name="accounts:profile-edit"), name="account_email"),
]
