"""Account Settings → API Keys."""

from django.urls import path

from apikeys import views

app_name = "apikeys"
urlpatterns = [
    path("", views.list_keys, name="key-list"),
    path("new/", views.create_key, name="key-create"),
    path("<slug:uid>/", views.show_key, name="key-show"),
    path("<slug:uid>/edit/", views.edit_key, name="key-edit"),
    path("<slug:uid>/delete/", views.delete_key, name="key-delete"),
    path("<slug:uid>/restore/", views.restore_key, name="key-restore"),
    path("<slug:uid>/first-use/", views.show_first_use, name="key-first-use"),
]
