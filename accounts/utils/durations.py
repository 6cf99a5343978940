"""Lengths of time in words, so that a text says what the setting says, and always in the same words."""

# Unit, its seconds, and how many of it there must be at least: a day is said in hours, a minute in seconds.
UNITS = (("year", 365 * 86_400, 1), ("day", 86_400, 2), ("hour", 3600, 1), ("minute", 60, 2))


def duration_in_words(seconds: int) -> str:
    """`60 seconds`, `15 minutes`, `1 hour`, `24 hours`, `7 days`, `1 year`: the largest unit that fits."""
    for unit, length, least in UNITS:
        count, rest = divmod(seconds, length)
        if count >= least and not rest:
            return _say(count, unit)
    return _say(seconds, "second")


def _say(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
