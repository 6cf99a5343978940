"""Random lives of an app's access, held against a model in plain Python after every step.

So whatever happens in whatever order: no live token without a live grant, one live refresh token a family
at most, and what a token can do is what was granted and what the app may ask for.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from accounts.services import create_user, end_app_tokens
from api.oauth.models import AccessToken, Grant, RefreshToken
from api.oauth.services.applications import change_app, set_disabled
from api.oauth.services.grants import revoke_grant
from tests.api.oauth.flow import CALLBACK, App, allow, call, exchange, make_app, parameters, post, refresh
from tests.api.oauth.model import SCOPES, Code, Consent, Family, Refresh, joined
from tests.examples import examples

pytestmark = pytest.mark.long
chosen = st.sets(st.sampled_from(SCOPES), min_size=1)
either = st.integers(0, 1)


class Access(RuleBasedStateMachine):
    """Two people and two apps. The bundles hold all that was handed out, dead or alive."""

    codes: Bundle[Code] = Bundle("codes")
    refreshes: Bundle[Refresh] = Bundle("refreshes")

    @initialize()
    def begin(self) -> None:
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(undone())
        self.clock = self.stack.enter_context(time_machine.travel(datetime.now(UTC), tick=False))
        owner = create_user(email="owner@example.com")
        self.apps: list[App] = [make_app(owner, name=f"App {name}") for name in "AB"]
        self.users = [create_user(email=f"{name}@example.com") for name in "ab"]
        self.allowed = [set(SCOPES), set(SCOPES)]
        self.disabled, self.active = [False, False], [True, True]
        self.valid_after = [datetime.min.replace(tzinfo=UTC)] * 2
        self.consents: dict[tuple[int, int], Consent] = {}
        self.families: list[Family] = []

    def teardown(self) -> None:
        self.stack.close()

    # --- The model

    def works(self, family: Family) -> bool:
        """Whether a token of it that is neither spent nor too old does anything."""
        return (
            not family.ended
            and not family.consent.ended
            and not self.disabled[family.app]
            and self.active[family.user]
            and family.at >= self.valid_after[family.user]
        )

    def open_scopes(self, family: Family) -> set[str]:
        return family.scopes & self.allowed[family.app]

    def hand_out(self, family: Family, answer: dict[str, Any]) -> Refresh:
        now = timezone.now()
        family.access, family.refresh = answer["access_token"], answer["refresh_token"]
        family.access_scopes = set(answer["scope"].split())
        family.access_until = now + timedelta(hours=1)
        return Refresh(family.refresh, family, now)

    # --- What happens

    @rule(target=codes, user=either, app=either, scopes=chosen)
    def authorize(self, user: int, app: int, scopes: set[str]) -> Any:
        if not self.active[user] or self.disabled[app] or not scopes <= self.allowed[app]:
            return multiple()
        browser = Client()
        browser.force_login(User.objects.get(pk=self.users[user].pk))
        raw = parameters(allow(browser, self.apps[app], scope=joined(scopes)))["code"]
        consent = self.consents.setdefault((user, app), Consent(set()))
        consent.scopes |= scopes
        return Code(raw, Family(app, user, consent, scopes, timezone.now()))

    @rule(target=refreshes, code=codes)
    def exchange(self, code: Code) -> Any:
        family = code.family
        in_time = timezone.now() < family.at + timedelta(seconds=60)
        expected = not code.used and in_time and self.works(family) and bool(self.open_scopes(family))
        response = exchange(self.apps[family.app], code.raw)
        assert (response.status_code == 200) == expected, response.content
        if not expected:
            family.ended |= code.used and not self.disabled[family.app] and not family.consent.ended
            return multiple()
        code.used = True
        self.families.append(family)
        assert response.json()["scope"] == joined(self.open_scopes(family))
        return self.hand_out(family, response.json())

    @rule(target=refreshes, token=refreshes, narrow=st.none() | chosen)
    def refresh(self, token: Refresh, narrow: set[str] | None) -> Any:
        family, now = token.family, timezone.now()
        is_young = now < token.made + timedelta(days=30) and now < family.at + timedelta(days=90)
        wanted = self.open_scopes(family) if narrow is None else narrow
        expected = (
            token.spent is None
            and is_young
            and self.works(family)
            and bool(self.open_scopes(family))
            and wanted <= self.open_scopes(family)
        )
        response = refresh(self.apps[family.app], token.raw, scope=None if narrow is None else joined(narrow))
        assert (response.status_code == 200) == expected, response.content
        if expected:
            token.spent = now
            assert response.json()["scope"] == joined(wanted)
            return self.hand_out(family, response.json())
        if token.spent and now > token.spent + timedelta(seconds=10):
            family.ended |= not self.disabled[family.app] and not family.consent.ended
        return multiple()

    @rule(token=refreshes, by_other=st.booleans(), access=st.booleans())
    def revoke(self, token: Refresh, by_other: bool, access: bool) -> None:
        family = token.family
        app = 1 - family.app if by_other else family.app
        raw = family.access if access else token.raw
        response = post("/v1/oauth/revoke", {"token": raw, **self.apps[app].credentials})
        assert response.status_code == (401 if self.disabled[app] else 200)
        if not by_other and not self.disabled[app]:
            family.ended = True

    @rule(token=refreshes, code=codes)
    def steal(self, token: Refresh, code: Code) -> None:
        assert refresh(self.apps[1 - token.family.app], token.raw).status_code in (400, 401)
        assert exchange(self.apps[1 - code.family.app], code.raw).status_code in (400, 401)

    @rule(user=either, app=either)
    def disconnect(self, user: int, app: int) -> None:
        if consent := self.consents.pop((user, app), None):
            consent.ended = True
            revoke_grant(Grant.objects.get(user=self.users[user], application=self.apps[app].row))

    @rule(user=either)
    def toggle_user(self, user: int) -> None:
        self.active[user] = not self.active[user]
        User.objects.filter(pk=self.users[user].pk).update(is_active=self.active[user])

    @rule(app=either)
    def toggle_app(self, app: int) -> None:
        self.disabled[app] = not self.disabled[app]
        set_disabled(self.apps[app].row, disabled=self.disabled[app])

    @rule(app=either, scopes=chosen)
    def let_ask_for(self, app: int, scopes: set[str]) -> None:
        self.allowed[app] = scopes
        change_app(self.apps[app].row, name=f"App {app}", redirect_uris=CALLBACK, scopes=scopes)

    @rule(user=either)
    def change_password(self, user: int) -> None:
        self.clock.shift(0.001)
        self.valid_after[user] = timezone.now()
        end_app_tokens(User.objects.get(pk=self.users[user].pk))

    @rule(seconds=st.sampled_from([1, 10, 59, 61, 3600, 86400 * 29, 86400 * 31]))
    def wait(self, seconds: int) -> None:
        self.clock.shift(seconds)

    # --- What always holds

    @invariant()
    def the_api_agrees(self) -> None:
        for family in self.families[-6:]:
            response = call(family.access, path="/v1/auth")
            is_live = self.works(family) and family.is_young(timezone.now())
            assert response.status_code == (200 if is_live else 401), response.content
            if is_live:
                scopes = set(response.json()["data"]["scopes"])
                assert scopes == family.access_scopes & self.allowed[family.app]
                assert scopes <= family.consent.scopes

    @invariant()
    def the_rows_agree(self) -> None:
        live = RefreshToken.objects.filter(revoked=None)
        assert not live.values("token_family").annotate(n=Count("pk")).filter(n__gt=1).exists()
        for token in [*live.select_related("grant"), *AccessToken.objects.select_related("grant")]:
            assert (token.user_id, token.application_id) == (token.grant.user_id, token.grant.application_id)
            assert set(token.scope.split()) <= token.grant.scopes
        assert Grant.objects.count() == len(self.consents)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever one example wrote is gone before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.drawn
@pytest.mark.django_db
def test_no_order_of_events_leaves_a_token_that_should_not_live() -> None:
    run_state_machine_as_test(
        Access,
        settings=settings(
            max_examples=examples(8, 25),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
