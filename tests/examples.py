"""How many inputs a test draws: enough for a careless change in `make test`, many in `make test-all`."""

import os


def examples(few: int, many: int) -> int:
    """`few`, or `many` where THOROUGH is set, as `make test-all` does for what is marked `drawn`."""
    return many if os.environ.get("THOROUGH") else few
