"""Whatever is done to a key, and however time passes: it works exactly when a simple model says so."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from apikeys import services, tokens
from apikeys.lookup import KeyRefused, authenticate_key
from tests.apikeys.uses import call
from tests.examples import examples

pytestmark = [pytest.mark.database, pytest.mark.long, pytest.mark.drawn]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)
WEEK = timedelta(days=7)

Step = tuple[str, int]
STEPS = st.one_of(
    st.tuples(st.just("use"), st.integers(0, 3)),
    st.tuples(st.just("rotate"), st.sampled_from(services.GRACES)),
    st.tuples(
        st.sampled_from(["expire", "disable_for", "wait"]), st.sampled_from([1, 600, 3600, 86_400, 691_200])
    ),
    st.tuples(
        st.sampled_from(
            ["finish", "cancel", "never_expire", "disable", "enable", "narrow", "widen", "delete", "undo"]
        ),
        st.just(0),
    ),
)


@dataclass(eq=False)
class Secret:
    """A secret as it should be."""

    raw: str
    grace: int | None
    is_used: bool = False
    ends_at: datetime = EVER


class Model:
    """A key as it should be, and the real one beside it."""

    def __init__(self, owner: User, clock: time_machine.Traveller) -> None:
        self.key, raw = services.create_key(owner, name="Reports bot", permission="read-write")
        self.clock, self.now = clock, NOON
        self.secrets = [Secret(raw, None)]
        self.expires_at, self.disabled_until = EVER, NOON
        self.deleted_at: datetime | None = None
        self.permission = "read-write"

    @property
    def works(self) -> bool:
        return self.deleted_at is None and self.disabled_until <= self.now < self.expires_at

    @property
    def is_rotating(self) -> bool:
        return len(self.secrets) > 1 and self.now < self.secrets[-2].ends_at

    def is_live(self, secret: Secret) -> bool:
        return self.works and self.now < secret.ends_at

    def may(self, name: str) -> bool:
        """Whether the rules must allow a step; they must refuse any other."""
        is_there = self.deleted_at is None
        return {
            "use": True,
            "wait": True,
            "rotate": self.works and not self.is_rotating,
            "finish": is_there and self.is_rotating,
            "cancel": is_there and self.is_rotating and not self.secrets[-1].is_used,
            "disable_for": is_there and self.disabled_until <= self.now,
            "undo": self.deleted_at is None or self.now < self.deleted_at + WEEK,
        }.get(name, is_there)

    def take(self, name: str, number: int) -> None:
        """Do it to both."""
        may, step = self.may(name), getattr(self, f"_{name}")
        if may:
            step(number)
        else:
            with pytest.raises(services.StateForbids), transaction.atomic():
                step(number)

    def check(self) -> None:
        """Present every secret of which that changes nothing: the first use of a live one would."""
        for secret in self.secrets:
            if secret.is_used or not self.is_live(secret):
                assert self._answers(secret) == self.is_live(secret), secret

    def _answers(self, secret: Secret) -> bool:
        try:
            found = authenticate_key(tokens.parse(secret.raw), call())
        except KeyRefused:
            return False
        assert found.key.permission == self.permission
        assert (found.ends_at or EVER) == min(secret.ends_at, self.expires_at)
        return True

    def _use(self, number: int) -> None:
        secret = self.secrets[number % len(self.secrets)]
        assert self._answers(secret) == self.is_live(secret)
        if self.is_live(secret) and not secret.is_used:
            secret.is_used = True
            for older in self.secrets[: self.secrets.index(secret)]:
                if older.ends_at == EVER and secret.grace is not None:
                    older.ends_at = self.now + timedelta(seconds=secret.grace)

    def _rotate(self, grace: int) -> None:
        _, raw = services.rotate_key(self.key, grace=grace)
        self.secrets.append(Secret(raw, grace))

    def _finish(self, _: int) -> None:
        services.finish_rotation(self.key)
        self.secrets[-2].ends_at = self.now

    def _cancel(self, _: int) -> None:
        services.cancel_rotation(self.key)
        assert not self._answers(self.secrets.pop())

    def _expire(self, seconds: int) -> None:
        expires_at = self.now + timedelta(seconds=seconds)
        services.change_key(self.key, expires_at=expires_at)
        self.expires_at = expires_at

    def _never_expire(self, _: int) -> None:
        services.change_key(self.key, expires_at=None)
        self.expires_at = EVER

    def _disable(self, _: int) -> None:
        services.disable_key(self.key)
        self.disabled_until = EVER

    def _disable_for(self, seconds: int) -> None:
        services.disable_key(self.key, seconds=seconds)
        self.disabled_until = self.now + timedelta(seconds=seconds)

    def _enable(self, _: int) -> None:
        services.enable_key(self.key)
        self.disabled_until = self.now

    def _narrow(self, _: int) -> None:
        services.change_key(self.key, permission="read-only")
        self.permission = "read-only"

    def _widen(self, _: int) -> None:
        services.change_key(self.key, permission="read-write")
        self.permission = "read-write"

    def _delete(self, _: int) -> None:
        services.delete_key(self.key)
        self.deleted_at = self.now

    def _undo(self, _: int) -> None:
        services.restore_key(self.key)
        self.deleted_at = None

    def _wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.clock.move_to(self.now)


@settings(max_examples=examples(40, 150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(STEPS, max_size=25))
@example(taken=[("use", 0), ("rotate", 0), ("use", 1), ("use", 0)])
@example(taken=[("rotate", 3600), ("use", 1), ("wait", 3600), ("rotate", 0), ("use", 2), ("use", 1)])
@example(taken=[("disable_for", 600), ("disable", 0), ("wait", 600), ("use", 0), ("enable", 0), ("use", 0)])
@example(taken=[("delete", 0), ("wait", 691_200), ("undo", 0)])
def test_a_key_works_exactly_when_the_model_says_so(alice: User, taken: list[Step]) -> None:
    with time_machine.travel(NOON, tick=False) as clock, transaction.atomic():
        model = Model(alice, clock)
        for name, number in taken:
            model.take(name, number)
            model.check()
        transaction.set_rollback(True)
