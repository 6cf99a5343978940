"""Accounts in the admin: what staff may change of one, and what they may do to it."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts import security_log
from accounts.admin.acts import ACTS, act_view
from accounts.events import Event
from accounts.models import User
from accounts.services import change_staff_rights, staff_rights_of
from accounts.signin.factors.admin import reset_factors
from accounts.templatetags.admin_cells import over, state
from accounts.templatetags.time_tags import short_day
from accounts.utils.display_names import clean_name
from accounts.web.admin_lists import ListAdmin


class UserForm(forms.ModelForm):
    """What staff may change of an account."""

    class Meta:
        model = User
        fields = ("name", "plan")

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
    list_display = ("account", "name", "plan", "state_now", "rights", "joined")
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
    readonly_fields = (
        "email",
        "uid",
        "is_active",
        "closing_at",
        "is_staff",
        "is_superuser",
        "date_joined",
        "last_login",
    )

    @admin.display(description="account", ordering="email")
    def account(self, user: User) -> str:
        """The address over the id."""
        return over(user.email, user.uid, "id")

    @admin.display(description="state", ordering="is_active")
    def state_now(self, user: User) -> str:
        """Whether it can do anything."""
        if user.closing_at:
            return state("warning", "trash", "Closing")
        return state("ok", "ok", "Active") if user.is_active else state("", "pause", "Deactivated")

    @admin.display(description="in the admin", ordering="is_staff")
    def rights(self, user: User) -> str:
        """Whether it may open the admin, in a word."""
        if not user.is_staff:
            return "-"
        return "Everything" if user.is_superuser else "Some things"

    @admin.display(description="joined", ordering="date_joined")
    def joined(self, user: User) -> str:
        """The day."""
        return short_day(user.date_joined)

    def get_urls(self) -> list[URLPattern]:
        """Django's pages, and those of ours."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/staff/", wrap(self.staff_view), name="accounts_user_staff"),
            *(
                path(
                    f"<int:pk>/{name}/",
                    wrap(act_view),
                    {"name": name, "model_admin": self},
                    f"accounts_user_{name}",
                )
                for name in ACTS
            ),
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

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Save what changed and nothing else, and tell the owner's activity log.

        Django's admin log says who did it; the owner's says "staff", without an address.
        """
        if not form.changed_data:
            return
        obj.save(update_fields=form.changed_data)
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
