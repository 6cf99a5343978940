"""Signing in without the page for it: the session that it makes, by the same code of allauth and of Craft.

For tests that are not about signing in; those go through the page.
"""

from importlib import import_module

from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.core.context import request_context
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory
from playwright.sync_api import BrowserContext

from accounts.models import User
from accounts.signin import known_browsers
from accounts.signin.factors.rules import factors_of, has_second_factor
from accounts.signin.factors.stage import SecondStepStage
from tests.accounts.factors import give_app


def cookies_of(user: User) -> dict[str, str]:
    """The cookies of a browser in which this person has just signed in, by every step that it takes.

    Staff get a second factor, since the admin takes it.
    """
    request = RequestFactory().post("/login/")
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.user = AnonymousUser()
    known_browser = known_browser_of(user)
    request.COOKIES.update(known_browser)
    login = Login(user=User.objects.get(pk=user.pk), email=user.email)
    with request_context(request):
        if login.user.is_staff and not has_second_factor(user):
            give_app(login.user)
        if factor := factors_of(user).first():
            record_authentication(request, login.user, "mfa", id=factor.pk, type=factor.type)
            login.state["stages"] = {SecondStepStage.key: {"handled": True}}
        response = perform_password_login(request, {"email": user.email}, login)
    assert response.status_code == 302, response.content
    request.session.save()
    assert request.session.session_key
    return {
        settings.SESSION_COOKIE_NAME: request.session.session_key,
        settings.CSRF_COOKIE_NAME: get_token(request),
        **known_browser,
    }


def known_browser_of(user: User) -> dict[str, str]:
    """The cookie of a browser in which this person signed in before, so that the password alone does."""
    response = HttpResponse()
    known_browsers.remember(RequestFactory().get("/"), response, User.objects.get(pk=user.pk))
    return {known_browsers.COOKIE: response.cookies[known_browsers.COOKIE].value}


def sign_in(context: BrowserContext, site: str, user: User) -> None:
    """Give a real browser the cookies for the pages of a site."""
    for name, value in cookies_of(user).items():
        context.add_cookies([{"name": name, "value": value, "url": site}])
