"""The web host's addresses in one table. /v1 has its own, in api/urls.py, served by api.middleware."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from craft.activity.pages import download_activity, list_activity
from craft.docs.for_programs import list_pages, read_guide, read_operation
from craft.docs.views import read_search_index, search_docs, show_docs, show_guide, show_operation
from craft.leaving import delete_account, export_data, show_data
from craft.overview import show_overview
from craft.revoke_everything import revoke_everything, show_revoked
from craft.well_known import show_security_contact

urlpatterns = [
    path("", RedirectView.as_view(url="/settings/")),
    path("", include("accounts.signin.urls")),
    path("settings/", show_overview, name="overview"),
    path("docs/", show_docs, name="docs"),
    path("llms.txt", list_pages),
    path(".well-known/security.txt", show_security_contact),
    path(".well-known/change-password", RedirectView.as_view(pattern_name="accounts:password-edit")),
    path("docs/search/", search_docs, name="docs-search"),
    path("docs/search.json", read_search_index, name="docs-search-index"),
    path("docs/index.md", list_pages),
    path("docs/api/<str:operation_id>.md", read_operation, name="docs-operation-markdown"),
    path("docs/<str:name>.md", read_guide),
    path("docs/api/<str:operation_id>/", show_operation, name="docs-operation"),
    path("docs/<str:name>/", show_guide, name="docs-guide"),
    path("settings/activity/", list_activity, name="activity-list"),
    path("settings/revoke-everything/", revoke_everything, name="revoke-everything"),
    path("settings/revoke-everything/done/", show_revoked, name="revoke-everything-done"),
    path("settings/activity/activity.csv", download_activity, name="activity-csv"),
    path("settings/data/", show_data, name="data-show"),
    path("settings/data/export/", export_data, name="data-export"),
    path("settings/data/delete-account/", delete_account, name="account-delete"),
    path("settings/", include("accounts.urls", namespace="accounts")),
    path("settings/api-keys/", include("apikeys.urls", namespace="apikeys")),
    path("", include("api.oauth.urls", namespace="oauth")),
    path("admin/", admin.site.urls),
]

handler400 = "accounts.web.error_pages.bad_request"
handler403 = "accounts.web.error_pages.forbidden"
handler404 = "accounts.web.error_pages.not_found"
handler429 = "accounts.web.error_pages.too_many_requests"
handler500 = "accounts.web.error_pages.server_error"
