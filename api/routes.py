"""Addresses as patterns, for what is counted: never a path, which callers choose."""

import re
from functools import cache


@cache
def pattern_of(route: str) -> str:
    """`v1/projects/<str:project_id>/files/<filepath:path>` as `/v1/projects/{id}/files/{path}`."""
    return "/" + re.sub(r"<[^:>]+:(?:\w+_)?(\w+)>", r"{\1}", route)
