"""Account Settings → API Keys."""

from django.urls import path

from apikeys.views import advice, create, disable, end, listing, rotate, settings, show

app_name = "apikeys"
urlpatterns = [
    path("", listing.list_keys, name="key-list"),
    path("new/", create.create_key, name="key-create"),
    path("<slug:uid>/", show.show_usage, name="key-show"),
    path("<slug:uid>/usage.csv", show.download_usage, name="key-usage-csv"),
    path("<slug:uid>/callers.csv", show.download_callers, name="key-callers-csv"),
    path("<slug:uid>/requests/", show.show_requests, name="key-requests"),
    path("<slug:uid>/settings/", settings.change_settings, name="key-settings"),
    path("<slug:uid>/rotate/", rotate.rotate_key, name="key-rotate"),
    path("<slug:uid>/rotation/finish/", rotate.finish_rotation, name="key-rotation-finish"),
    path("<slug:uid>/rotation/cancel/", rotate.cancel_rotation, name="key-rotation-cancel"),
    path("<slug:uid>/disable/", disable.disable_key, name="key-disable"),
    path("<slug:uid>/enable/", disable.enable_key, name="key-enable"),
    path("<slug:uid>/read-only/", advice.narrow_key, name="key-narrow"),
    path("<slug:uid>/undo-read-only/", advice.undo_narrowing, name="key-undo-narrowing"),
    path("<slug:uid>/put-aside/", advice.put_aside, name="key-put-aside"),
    path("<slug:uid>/delete/", end.delete_key, name="key-delete"),
    path("<slug:uid>/restore/", end.restore_key, name="key-restore"),
    path("<slug:uid>/first-use/", show.show_first_use, name="key-first-use"),
]
