"""The ways in and out. The names are allauth's, which looks them up; the pages are Craft's."""

from allauth.account import views
from django.db import transaction
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from accounts.signin import closing, forms
from accounts.signin import views as own
from accounts.signin.entrance import entrance as _entrance

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.signin.factors.urls")),
    path("login/", _entrance(own.LoginView, form_class=forms.LoginForm), name="account_login"),
    path("login/link/<str:token>/", _entrance(own.LoginLinkView), name="account_login_link"),
    path(
        "login/code/",
        _entrance(own.LoginCodeView, form_class=forms.MailedCodeForm),
        name="account_confirm_login_code",
    ),
    path("signup/", _entrance(own.SignupView), name="account_signup"),
    path("logout/", _entrance(views.LogoutView), name="account_logout"),
    path("closing/", closing.show_closing, name="account_closing"),
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
    path("email/", RedirectView.as_view(pattern_name="accounts:email-edit"), name="account_email"),
]
