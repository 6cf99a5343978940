"""People and their activity in the Django admin. No password, hash or session is shown or edited here."""

from typing import Any

# Imported so that what they register is there to be taken out below.
import allauth.account.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format

from accounts import security_log
from accounts.events import Event
from accounts.mail import outbox
from accounts.models import Activity, QueuedMail, User
from accounts.utils.display_names import clean_name
from accounts.web.admin_lists import ListAdmin, ReadOnlyAdmin

# Sessions' keys are secrets, addresses belong to their owners, and nothing is decided by groups.
admin.site.unregister([EmailAddress, UserSession, Group])


class UserForm(forms.ModelForm):
    """What staff may change of an account."""

    class Meta:
        model = User
        fields = ("name", "plan", "is_active", "is_staff")

    def clean_name(self) -> str:
        """The same rules as on the owner's profile page; an account without a name may stay so."""
        name: str = self.cleaned_data["name"]
        return clean_name(name) if name else ""


@admin.register(User)
class UserAdmin(ListAdmin):
    """Accounts. They are made by signing up or by `create_user`, never here."""

    form = UserForm
    list_display = ("email", "name", "uid", "plan", "is_active", "is_staff", "date_joined")
    list_filter = ("plan", "is_active", "is_staff")
    search_fields = ("email", "name", "uid")
    search_help_text = "Name, e-mail address or user_… id"
    ordering = ("-id",)
    fields = ("email", "uid", "name", "plan", "is_active", "is_staff", "date_joined", "last_login")
    readonly_fields = ("email", "uid", "date_joined", "last_login")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff who may delete, but never themselves."""
        return obj != request.user and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody locks themselves out."""
        own = ("is_active", "is_staff") if obj == request.user else ()
        return (*self.readonly_fields, *own)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Save what changed and nothing else, and tell the owner's activity log.

        Django's admin log says who did it; the owner's says "staff", without an address.
        """
        if not form.changed_data:
            return
        obj.is_superuser = obj.is_staff  # staff may do everything in the admin, nobody else anything
        obj.save(update_fields=[*form.changed_data, "is_superuser"])
        changed = {field: [form.initial[field], form.cleaned_data[field]] for field in form.changed_data}
        security_log.record(obj, Event.PROFILE_CHANGED, changed=changed, by="staff")

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[Any], list[Any]]:
        """What goes with the accounts, as numbers: there may be a hundred thousand of them.

        Whoever may delete an account may delete what belongs to it, also what nobody may delete alone.
        """
        counts: dict[Any, int] = {}
        for relation in User._meta.related_objects:
            if relation.on_delete is models.CASCADE and not relation.related_model._meta.auto_created:
                rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": objs})
                if count := rows.count():
                    counts[relation.related_model._meta.verbose_name_plural] = count
        return [str(user) for user in objs], counts, set(), []


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    """The security log of all accounts."""

    list_display = ("at", "user", "event", "credential", "ip", "user_agent")
    list_filter = ("event",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__uid", "uid", "credential", "ip")
    search_help_text = "Owner's e-mail address or user_… id, key_… id or address"
    ordering = ("-id",)
    fields = ("at", "uid", "user", "event", "credential", "ip", "user_agent", "details")
    readonly_fields = fields


@admin.register(QueuedMail)
class QueuedMailAdmin(ReadOnlyAdmin):
    """Mails that wait: how many and since when, never to whom or what they say."""

    list_display = ("created_at", "tries", "last_error", "not_before", "expires_at")
    ordering = ("created_at", "id")
    fields = list_display
    readonly_fields = fields

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with how many wait and since when as its title."""
        count, oldest_at = outbox.waiting()
        since = f", the oldest since {date_format(oldest_at, 'j F Y, H:i')} UTC" if oldest_at else ""
        return super().changelist_view(
            request, {"title": f"Mails that wait: {count}{since}", **(extra_context or {})}
        )
