"""Rate limits: how much a caller may do, counted exactly (contract, "Rate limits")."""

from api.quota.counter import Count, Window, count, left

__all__ = ["Count", "Window", "count", "left"]
