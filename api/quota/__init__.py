"""Rate limits: how much a caller may do, counted exactly."""

from api.quota.counter import calls_left, count_call
from api.quota.windows import Count, Window

__all__ = ["Count", "Window", "calls_left", "count_call"]
