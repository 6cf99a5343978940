"""The web host's addresses of OAuth; those of the API host are in api/urls.py."""

from django.urls import path

from api.oauth.views.authorize import authorize
from api.oauth.views.metadata import authorization_server

app_name = "oauth"
urlpatterns = [
    path("oauth/authorize", authorize, name="authorization-create"),
    path(".well-known/oauth-authorization-server", authorization_server, name="metadata-show"),
]
