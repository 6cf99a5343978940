"""What must hold and what is aimed at, as ratios of one run on one machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Medians of rates by the key of a case, and what else was measured.
Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Goal:
    """`value` is of what was measured; it must be at least `must`, or at most where less is better."""

    what: str
    value: Callable[[Values], float]
    must: float
    aim: float
    less_is_better: bool = False

    def holds(self, value: float, bound: float) -> bool:
        """Whether a value is on the right side of `must` or `aim`."""
        return value <= bound if self.less_is_better else value >= bound


def _to(one: str, other: str) -> Callable[[Values], float]:
    """How many times the rate of another case."""
    return lambda values: values[one] / values[other]


def _slowest_of_many(values: Values) -> float:
    return min(values[f"many-{kind}"] / values[f"few-{kind}"] for kind in ("key", "token", "session"))


GOALS = (
    Goal("/v1/me by key, all on, to bare Django + one ORM get", lambda values: values["craft"], 1.4, 1.7),
    Goal("the same, look-up alone", lambda values: values["craft-alone"], 1.8, 2.1),
    Goal("all on, to DRF token with the same work", _to("craft", "drf-token-all-on"), 2.3, 2.8),
    Goal("all on, to DOT with the same work", _to("craft", "dot-all-on"), 3.5, 4.3),
    Goal("all on, to knox with the same work", _to("craft", "knox-all-on"), 3.9, 4.8),
    Goal("all on, to FastAPI + asyncpg with the same work", _to("craft", "fastapi-all-on"), 0.92, 1.1),
    Goal("all on, to better-auth verify with the same work", _to("craft", "better-auth-all-on"), 3, 4.5),
    Goal("p99 at half load, to bare Django's", _to("p99", "base-p99"), 1.3, 1.0, less_is_better=True),
    Goal("OAuth token, to our key path", _to("oauth", "craft"), 0.95, 1),
    Goal("session cookie, to our key path", _to("session", "craft"), 0.7, 0.85),
    Goal("20 projects, to a stock ModelSerializer list", _to("projects", "stock-projects"), 1.8, 2.5),
    Goal("refresh grant, to stock DOT", _to("refresh", "stock-refresh"), 40, 60),
    Goal("many keys, tokens, sessions, to 1,000: the slowest", _slowest_of_many, 0.85, 0.97),
    Goal("memory a worker, to Django with the same libraries", _to("memory", "base-memory"), 1.5, 1.2, True),
    Goal("usage recording, its price", lambda values: values["price-recording"], 0.05, 0.02, True),
    Goal("metrics, their price", lambda values: values["price-metrics"], 0.03, 0.01, True),
)
