"""The web host's addresses of OAuth; those of the API host are in api/urls.py."""

from django.urls import path

from api.oauth.pages import client_secrets, connected_apps, developer_apps
from api.oauth.pages.authorize import authorize
from api.oauth.protocol.server_metadata import authorization_server

app_name = "oauth"
urlpatterns = [
    path("oauth/authorize", authorize, name="authorization-create"),
    path(".well-known/oauth-authorization-server", authorization_server, name="metadata-show"),
    path("settings/connected-apps/", connected_apps.list_connections, name="connection-list"),
    path(
        "settings/connected-apps/<slug:uid>/revoke/", connected_apps.revoke_access, name="connection-revoke"
    ),
    path("settings/developer-apps/", developer_apps.list_apps, name="app-list"),
    path("settings/developer-apps/new/", developer_apps.create_app, name="app-create"),
    path("settings/developer-apps/<slug:client_id>/", developer_apps.show_app, name="app-show"),
    path("settings/developer-apps/<slug:client_id>/edit/", developer_apps.edit_app, name="app-edit"),
    path("settings/developer-apps/<slug:client_id>/disable/", developer_apps.disable_app, name="app-disable"),
    path("settings/developer-apps/<slug:client_id>/enable/", developer_apps.enable_app, name="app-enable"),
    path("settings/developer-apps/<slug:client_id>/delete/", developer_apps.delete_app, name="app-delete"),
    path(
        "settings/developer-apps/<slug:client_id>/secrets/new/",
        client_secrets.add_secret,
        name="secret-create",
    ),
    path(
        "settings/developer-apps/<slug:client_id>/secrets/<slug:public_id>/drop/",
        client_secrets.drop_secret,
        name="secret-drop",
    ),
]
