"""Rate limits: how much a caller may do, counted exactly (contract, "Rate limits")."""

from api.quota.counter import Count, Window, count, peek

__all__ = ["Count", "Window", "count", "peek"]
