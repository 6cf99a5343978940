"""Account Settings, below /settings/."""

from django.urls import path
from django.views.generic import RedirectView

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="accounts:profile-edit"), name="overview"),
    path("profile/", views.edit_profile, name="profile-edit"),
    path("security/", views.show_security, name="security-show"),
    path("security/end-sessions/", views.end_sessions, name="sessions-end"),
    path("activity/", views.list_activity, name="activity-list"),
]
