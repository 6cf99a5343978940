"""Account Settings, below /settings/."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.edit_profile, name="profile-edit"),
    path("security/", views.show_security, name="security-show"),
    path("notifications/", views.edit_notifications, name="notifications-edit"),
    path("security/end-sessions/", views.end_sessions, name="sessions-end"),
]
