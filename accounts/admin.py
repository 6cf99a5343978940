"""People and their activity in the Django admin. No password, hash or session is shown or edited here."""

from collections.abc import Sequence
from typing import Any, cast

# Imported so that what they register is there to be taken out below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_ipv46_address
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format

from accounts import security_log
from accounts.events import Event
from accounts.mail import outbox
from accounts.models import Activity, QueuedMail, User
from accounts.services import change_staff_rights, staff_rights_of, switch_account
from accounts.signin.factors.admin import reset_factors
from accounts.utils.display_names import clean_name
from accounts.web.admin_lists import ListAdmin, ReadOnlyAdmin

# Sessions' keys and factors are secrets, addresses belong to their owners, and nothing is decided by groups.
admin.site.unregister([EmailAddress, Authenticator, UserSession, Group])


class UserForm(forms.ModelForm):
    """What staff may change of an account."""

    class Meta:
        model = User
        fields = ("name", "plan", "is_active")

    def clean_name(self) -> str:
        """The same rules as on the owner's profile page; an account without a name may stay so."""
        name: str = self.cleaned_data["name"]
        return clean_name(name) if name else ""


class StaffForm(forms.Form):
    """What a superuser decides about an account's rights in the admin."""

    everything = forms.BooleanField(
        required=False,
        label="May do everything in the admin",
        help_text="Unticked, the account may not open the admin at all.",
    )


@admin.register(User)
class UserAdmin(ListAdmin):
    """Accounts. They are made by signing up or by `create_user`, never here."""

    form = UserForm
    list_display = ("email", "name", "uid", "plan", "is_active", "closing_at", "is_staff", "date_joined")
    list_filter = ("plan", "is_active", "is_staff")
    search_fields = ("uid__exact", "email__istartswith", "name__istartswith")
    search_help_text = "Beginning of the e-mail address or name, or user_… id"
    ordering = ("-id",)
    fields = (
        "email",
        "uid",
        "name",
        "plan",
        "is_active",
        "closing_at",
        "is_staff",
        "is_superuser",
        "date_joined",
        "last_login",
    )
    readonly_fields = ("email", "uid", "closing_at", "is_staff", "is_superuser", "date_joined", "last_login")

    def get_urls(self) -> list[URLPattern]:
        """Django's pages, and those for staff rights and second factors."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/staff/", wrap(self.staff_view), name="accounts_user_staff"),
            path("<int:pk>/reset-factors/", wrap(self.reset_view), name="accounts_user_reset_factors"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff who may change accounts, but not those of other staff: that takes a superuser."""
        return self._may_act_on(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff who may delete, but never themselves, and other staff only as a superuser."""
        is_own = obj is not None and obj.pk == request.user.pk
        return not is_own and self._may_act_on(request, obj) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody locks themselves out."""
        own = ("is_active",) if obj == request.user else ()
        return (*self.readonly_fields, *own)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Save what changed and nothing else, and tell the owner's activity log.

        Django's admin log says who did it; the owner's says "staff", without an address.
        """
        if not form.changed_data:
            return
        if saved := [field for field in form.changed_data if field != "is_active"]:
            obj.save(update_fields=saved)
        if "is_active" in form.changed_data:
            switch_account(obj, active=obj.is_active)
        changed = {field: [form.initial[field], form.cleaned_data[field]] for field in form.changed_data}
        security_log.record(obj, Event.PROFILE_CHANGED, changed=changed, by="staff")

    def staff_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give or take the rights of staff: superusers alone, and never their own."""
        user = get_object_or_404(User, pk=pk)
        if not cast("User", request.user).is_superuser or user == request.user:
            raise PermissionDenied
        form = StaffForm(request.POST if request.method == "POST" else None)
        form.fields["everything"].initial = user.is_superuser
        if form.is_valid():
            change_staff_rights(user, everything=form.cleaned_data["everything"])
            rights = staff_rights_of(User.objects.get(pk=pk))
            self.log_change(request, user, f"Rights in the admin: {rights}.")
            messages.success(request, f"{user.email} now has these rights in the admin: {rights}.")
            return redirect("admin:accounts_user_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Staff rights",
            "subtitle": user.email,
            "opts": self.opts,
            "original": user,
            "rights": staff_rights_of(user),
            "form": form,
        }
        return TemplateResponse(request, "admin/accounts/user/staff.html", context)

    def reset_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reset the second factors of somebody else, for who may change the account."""
        user = get_object_or_404(User, pk=pk)
        if user == request.user or not self.has_change_permission(request, user):
            raise PermissionDenied
        return reset_factors(request, user, self)

    def _may_act_on(self, request: HttpRequest, user: User | None) -> bool:
        """Nobody gains or ends the power of staff by the way of an account's form."""
        who = cast("User", request.user)
        is_staff = user is not None and (user.is_staff or user.is_superuser)
        return who.is_superuser or user == who or not is_staff

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

    list_display = ("at", "user", "event", "credential", "acting", "acting_name", "ip", "user_agent")
    list_filter = ("event",)
    list_select_related = ("user",)
    search_fields = ("uid__exact", "credential__exact", "user__email__iexact", "user__uid__exact")
    search_help_text = "Owner's whole e-mail address or user_… id, key_… or app_… id, or IP address"
    ordering = ("-id",)
    fields = (
        "at",
        "uid",
        "user",
        "event",
        "credential",
        "acting",
        "acting_id",
        "acting_name",
        "ip",
        "user_agent",
        "details",
    )
    readonly_fields = fields

    def lookups_for(self, term: str) -> Sequence[str]:
        """An IP address is looked for as one; PostgreSQL refuses to compare one with anything else."""
        try:
            validate_ipv46_address(term)
        except ValidationError:
            return super().lookups_for(term)
        return ("ip__exact",)


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
