"""The pages of second factors. The names are allauth's, which looks some up; the pages are Craft's."""

from django.urls import URLPattern, path

from accounts.signin.entrance import entrance
from accounts.signin.factors import passkey_views, settings_views, staff_views, step_views

urlpatterns: list[URLPattern] = [
    path("login/second-step/", entrance(step_views.SecondStepView), name="mfa_authenticate"),
    path("login/recovery-code/", entrance(step_views.RecoveryCodeView), name="mfa_recovery_code"),
    path("reauthenticate/code/", entrance(step_views.ReauthenticateView), name="mfa_reauthenticate"),
    path("login/passkey/", entrance(passkey_views.SignInView), name="mfa_login_webauthn"),
    path("login/passkey/options/", passkey_views.OptionsView.as_view(), name="mfa_login_webauthn_options"),
    path(
        "reauthenticate/passkey/",
        entrance(passkey_views.ReauthenticateView),
        name="mfa_reauthenticate_webauthn",
    ),
    path("settings/security/passkeys/add/", passkey_views.add_passkey, name="mfa_add_webauthn"),
    path(
        "settings/security/passkeys/<int:pk>/rename/", passkey_views.rename_passkey, name="mfa_edit_webauthn"
    ),
    path(
        "settings/security/passkeys/<int:pk>/remove/",
        passkey_views.remove_passkey,
        name="mfa_remove_webauthn",
    ),
    path("settings/security/authenticator/", settings_views.set_up_app, name="mfa_activate_totp"),
    path("settings/security/authenticator/remove/", settings_views.remove_app, name="mfa_deactivate_totp"),
    path("settings/security/confirm-staff/", staff_views.confirm_staff, name="mfa_confirm_staff"),
    path("settings/security/stop-reset/", settings_views.stop_reset, name="mfa_stop_reset"),
    path(
        "settings/security/trusted-browsers/<int:pk>/forget/",
        settings_views.forget_browser,
        name="mfa_forget_browser",
    ),
    path("settings/security/recovery-codes/", settings_views.make_codes, name="mfa_generate_recovery_codes"),
]
