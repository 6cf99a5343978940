"""Values that need an entry elsewhere: whoever adds one is told here what is missing."""

import re
from pathlib import Path

from django.conf import settings

from accounts.events import Event
from accounts.models import Plan
from apikeys.models import KeyState
from apikeys.scopes import SCOPES_OF_PERMISSION, WORDING, Permission, Scope
from apikeys.status import Badge, Filter

ROOT = Path(__file__).parents[2]
ICONS = set(re.findall(r'<symbol id="([a-z]+)"', (ROOT / "static" / "icons.svg").read_text()))


def test_every_plan_but_internal_has_its_rate_limits() -> None:
    assert {plan.value for plan in Plan} - {"internal"} <= settings.RATE_LIMITS.keys()


def test_every_plan_has_a_total_of_bytes() -> None:
    assert {plan.value for plan in Plan} == settings.STORAGE_BYTES.keys()


def test_every_event_has_an_icon_of_the_sprite_and_a_label() -> None:
    for event in Event:
        assert event.icon in ICONS, event
        assert event.label, event


def test_every_state_but_active_has_a_badge_of_its_name() -> None:
    assert {state.value for state in KeyState} <= {badge.value for badge in Badge}


def test_every_badge_has_an_icon_of_the_sprite_a_tone_and_a_label() -> None:
    for badge in Badge:
        assert badge.icon in ICONS, badge
        assert badge.tone in ("", "ok", "notice", "warning", "danger"), badge
        assert badge.label, badge


def test_every_filter_of_the_keys_has_its_words() -> None:
    strip = (ROOT / "templates" / "apikeys" / "includes" / "filters.html").read_text()
    # What stands last in the template is for what it does not name.
    assert {each.value for each in Filter if f'"{each}"' not in strip} <= {"never-expires"}


def test_every_scope_has_its_words_and_an_icon_of_the_sprite() -> None:
    assert list(WORDING) == list(Scope)
    for scope, wording in WORDING.items():
        assert wording.icon in ICONS, scope


def test_every_permission_has_its_scopes_and_none_has_admin() -> None:
    assert set(SCOPES_OF_PERMISSION) == set(Permission)
    assert all(Scope.ADMIN not in scopes for scopes in SCOPES_OF_PERMISSION.values())
