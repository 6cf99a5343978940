"""The server's settings for the SDKs' tests, whose people sign in more often than one address may."""

from craft.settings import *  # noqa: F403

ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment]  # what allauth takes for none
