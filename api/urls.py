"""All of /v1 in one table. No path ends in a slash; one that is not here is 404 for everybody."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from api.account import key_actions
from api.account.activity import ActivityView
from api.account.api_keys import APIKeysView, APIKeyView
from api.account.auth import AuthView
from api.account.connected_apps import ConnectedAppsView, ConnectedAppView
from api.account.key_usage import APIKeyUsageView
from api.account.me import MeView
from api.oauth.protocol.token_endpoints import introspect, revoke, token
from api.projects.views.deployments import DeploymentsView, DeploymentView
from api.projects.views.files import FilesView, FileView
from api.projects.views.projects import ProjectsView, ProjectView
from api.protected_resource import protected_resource
from api.schema.document import OpenAPIView


class FilePathConverter(StringConverter):
    """Whatever follows, line breaks included: what a path may be is said by 400, not by 404."""

    regex = r"[\s\S]+"


register_converter(FilePathConverter, "filepath")

urlpatterns = [
    path("v1/openapi.json", OpenAPIView.as_view()),
    path("v1/me", MeView.as_view()),
    path("v1/auth", AuthView.as_view()),
    path("v1/api-keys", APIKeysView.as_view()),
    path("v1/api-keys/<str:key_id>", APIKeyView.as_view()),
    path("v1/api-keys/<str:key_id>/rotate", key_actions.RotateAPIKeyView.as_view()),
    path("v1/api-keys/<str:key_id>/rotation/finish", key_actions.FinishAPIKeyRotationView.as_view()),
    path("v1/api-keys/<str:key_id>/rotation/cancel", key_actions.CancelAPIKeyRotationView.as_view()),
    path("v1/api-keys/<str:key_id>/disable", key_actions.DisableAPIKeyView.as_view()),
    path("v1/api-keys/<str:key_id>/enable", key_actions.EnableAPIKeyView.as_view()),
    path("v1/api-keys/<str:key_id>/restore", key_actions.RestoreAPIKeyView.as_view()),
    path("v1/api-keys/<str:key_id>/usage", APIKeyUsageView.as_view()),
    path("v1/connected-apps", ConnectedAppsView.as_view()),
    path("v1/connected-apps/<str:app_id>", ConnectedAppView.as_view()),
    path("v1/activity", ActivityView.as_view()),
    path("v1/oauth/token", token),
    path("v1/oauth/revoke", revoke),
    path("v1/oauth/introspect", introspect),
    path("v1/projects", ProjectsView.as_view()),
    path("v1/projects/<str:project_id>", ProjectView.as_view()),
    path("v1/projects/<str:project_id>/files", FilesView.as_view()),
    path("v1/projects/<str:project_id>/files/<filepath:path>", FileView.as_view()),
    path("v1/projects/<str:project_id>/deployments", DeploymentsView.as_view()),
    path("v1/projects/<str:project_id>/deployments/<str:deployment_id>", DeploymentView.as_view()),
    path(".well-known/oauth-protected-resource/v1", protected_resource),
]
