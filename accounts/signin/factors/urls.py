"""The pages of second factors. The names are allauth's, which looks some up; the pages are Craft's."""

from django.urls import URLPattern, path

from accounts.signin.entrance import entrance
from accounts.signin.factors import settings_views, step_views

urlpatterns: list[URLPattern] = [
    path("login/second-step/", entrance(step_views.SecondStepView), name="mfa_authenticate"),
    path("login/recovery-code/", entrance(step_views.RecoveryCodeView), name="mfa_recovery_code"),
    path("reauthenticate/code/", entrance(step_views.ReauthenticateView), name="mfa_reauthenticate"),
    path("settings/security/authenticator/", settings_views.set_up_app, name="mfa_activate_totp"),
    path("settings/security/authenticator/remove/", settings_views.remove_app, name="mfa_deactivate_totp"),
    path(
        "settings/security/trusted-browsers/<int:pk>/forget/",
        settings_views.forget_browser,
        name="mfa_forget_browser",
    ),
    path("settings/security/recovery-codes/", settings_views.make_codes, name="mfa_generate_recovery_codes"),
]
