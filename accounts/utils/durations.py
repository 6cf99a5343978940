"""Lengths of time in words, so that a text says what the setting says."""


def duration_in_words(seconds: int) -> str:
    """`60 seconds`, `15 minutes`, `24 hours`, `7 days`: the largest unit of which there are two or more."""
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length and seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"
