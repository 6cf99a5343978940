"""The admin of Craft's staff: they sign in on the site's own pages, and an old session changes nothing."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.generic import RedirectView

from accounts.reauthentication import ask_to_sign_in_again, signed_in_recently
from accounts.signin.factors.staff import lead_to_factor
from accounts.web.form_drafts import keep_draft, take_draft
from accounts.web.requests import SignedInRequest

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class StaffSite(AdminSite):
    """Django's admin. It tries no password itself: the pages of the site are throttled and logged."""

    site_header = site_title = "Craft"
    index_title = "Administration"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the site's sign-in page and back; 403 for who is signed in and no staff."""
        answer: HttpResponse = secure_admin_login(RedirectView.as_view(pattern_name="admin:index"))(request)
        return answer

    def password_change(  # type: ignore[override]  # a redirect instead of a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the page that everybody changes their password on."""
        return redirect("accounts:password-edit")

    def admin_view(  # type: ignore[override]  # any view, as Django itself calls it
        self, view: Callable[..., Any], cacheable: bool = False
    ) -> Callable[..., Any]:
        """Every page's checks: Django's own, a second factor, and a sign-in: of the last 12 hours
        (ADMIN_AUTHENTICATION_SECONDS) to look around, a recent one for changes.

        What was sent is kept meanwhile, and shown to be sent again.
        """
        checked = super().admin_view(view, cacheable)
        if view == self.logout:
            return checked

        def ask_first(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                return checked(request, *args, **kwargs)
            if factor_first := lead_to_factor(cast("SignedInRequest", request)):
                if request.method not in SAFE_METHODS:
                    keep_draft(request, request.POST.dict())
                return factor_first
            if signed_in_recently(request):
                return self._sent_before(request) or checked(request, *args, **kwargs)
            if request.method not in SAFE_METHODS:
                keep_draft(request, request.POST.dict())
                return ask_to_sign_in_again(request)
            if signed_in_recently(request, settings.ADMIN_AUTHENTICATION_SECONDS):
                return checked(request, *args, **kwargs)
            return ask_to_sign_in_again(request)

        return update_wrapper(ask_first, view)

    def _sent_before(self, request: HttpRequest) -> HttpResponse | None:
        """The page that offers to send what was sent before the person had to sign in again, once."""
        if request.method != "GET" or not (fields := take_draft(request)):
            return None
        context = {**self.each_context(request), "title": "Send it now?", "fields": fields.items()}
        return TemplateResponse(request, "admin/send_again.html", context)
