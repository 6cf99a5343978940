"""What a check of the doctor raises."""

from craft.readiness_checks import NotReady


class Fault(NotReady):
    """Something is wrong; the message says what, and what to do about it."""
