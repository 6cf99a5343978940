"""The web host's addresses of OAuth; those of the API host are in api/urls.py."""

from django.urls import path

from api.oauth.views import apps, connections, secrets
from api.oauth.views.authorize import authorize
from api.oauth.views.metadata import authorization_server

app_name = "oauth"
urlpatterns = [
    path("oauth/authorize", authorize, name="authorization-create"),
    path(".well-known/oauth-authorization-server", authorization_server, name="metadata-show"),
    path("settings/connected-apps/", connections.list_connections, name="connection-list"),
    path("settings/connected-apps/<slug:uid>/revoke/", connections.revoke_access, name="connection-revoke"),
    path("settings/developer-apps/", apps.list_apps, name="app-list"),
    path("settings/developer-apps/new/", apps.create_app, name="app-create"),
    path("settings/developer-apps/<slug:client_id>/", apps.show_app, name="app-show"),
    path("settings/developer-apps/<slug:client_id>/edit/", apps.edit_app, name="app-edit"),
    path("settings/developer-apps/<slug:client_id>/disable/", apps.disable_app, name="app-disable"),
    path("settings/developer-apps/<slug:client_id>/enable/", apps.enable_app, name="app-enable"),
    path("settings/developer-apps/<slug:client_id>/delete/", apps.delete_app, name="app-delete"),
    path("settings/developer-apps/<slug:client_id>/secrets/new/", secrets.add_secret, name="secret-create"),
    path(
        "settings/developer-apps/<slug:client_id>/secrets/<slug:public_id>/drop/",
        secrets.drop_secret,
        name="secret-drop",
    ),
]
