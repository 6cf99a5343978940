"""Account Settings, below /settings/."""

from django.urls import path

from accounts.views import email, password, security, sessions, settings

app_name = "accounts"
urlpatterns = [
    path("profile/", settings.edit_profile, name="profile-edit"),
    path("notifications/", settings.edit_notifications, name="notifications-edit"),
    path("security/", security.show_security, name="security-show"),
    path("security/password/", password.edit_password, name="password-edit"),
    path("security/email/", email.edit_email, name="email-edit"),
    path("security/email/code/", email.confirm_email, name="email-confirm"),
    path("security/end-sessions/", security.end_sessions, name="sessions-end"),
    path("sessions/", sessions.list_sessions, name="session-list"),
    path("sessions/<int:pk>/end/", sessions.end_session, name="session-end"),
    path("sessions/end-others/", sessions.end_others, name="sessions-end-others"),
]
