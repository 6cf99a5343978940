"""Account Settings → API Keys."""

from django.urls import path

from apikeys.views import create, edit, enable, end, show

app_name = "apikeys"
urlpatterns = [
    path("", show.list_keys, name="key-list"),
    path("new/", create.create_key, name="key-create"),
    path("<slug:uid>/", show.show_key, name="key-show"),
    path("<slug:uid>/edit/", edit.edit_key, name="key-edit"),
    path("<slug:uid>/delete/", end.delete_key, name="key-delete"),
    path("<slug:uid>/enable/", enable.enable_key, name="key-enable"),
    path("<slug:uid>/restore/", end.restore_key, name="key-restore"),
    path("<slug:uid>/first-use/", show.show_first_use, name="key-first-use"),
]
