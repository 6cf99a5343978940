"""One way to say how long something is."""

import pytest

from accounts.utils.durations import duration_in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (60, "60 seconds"),
        (90, "90 seconds"),
        (120, "2 minutes"),
        (900, "15 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (86_400, "24 hours"),
        (2 * 86_400, "2 days"),
        (365 * 86_400, "1 year"),
        (2 * 365 * 86_400, "2 years"),
    ],
)
def test_a_length_of_time_is_said_in_the_largest_unit_that_fits(seconds: int, words: str) -> None:
    assert duration_in_words(seconds) == words
