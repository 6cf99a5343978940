"""What of an account needs a look first: what the apps below say of it, what matters more before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from api.oauth.pages.connections import Connection
from apikeys import coach
from apikeys.status import Filter, Inventory, KeySummary

# Of a key that works: its state first, then what the coach advises.
STATES = (Filter.EXPIRES_SOON, Filter.OFTEN_REFUSED)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing to look at. `name` says which, and what else is there to say it of."""

    name: str
    summary: KeySummary | None = None
    connection: Connection | None = None


def signs_of(
    inventory: Inventory, connections: Iterable[Connection], *, has_second_factor: bool
) -> list[Sign]:
    """Keys that stop soon, a missing second step, refused and idle ones, then the coach's advice."""
    keys = list(_signs_of_keys(inventory))
    soon = [sign for sign in keys if sign.name == Filter.EXPIRES_SOON]
    idle_apps = [Sign("idle-app", connection=each) for each in connections if each.idle_days]
    return [
        *soon,
        *([] if has_second_factor else [Sign("second-step")]),
        *(sign for sign in keys if sign.name == Filter.OFTEN_REFUSED),
        *idle_apps,
        *sorted((sign for sign in keys if sign.name not in STATES), key=_rank),
    ]


def _signs_of_keys(inventory: Inventory) -> Iterator[Sign]:
    """One sign a key, the most important."""
    for summary in inventory.usable:
        signs = summary.signs
        found = next((state for state in STATES if state in signs), None) or coach.first_advice(summary)
        if found is not None:
            yield Sign(found.value, summary=summary)


def _rank(sign: Sign) -> int:
    return list(coach.Advice).index(coach.Advice(sign.name))
