"""People, the log of what happened to their accounts, and what signing in and mail keep."""

from accounts.models.activity import Activity, new_activity_id
from accounts.models.last_runs import LastRun
from accounts.models.queued_mails import QueuedMail
from accounts.models.trusted_browsers import TrustedBrowser
from accounts.models.try_counts import TryCount
from accounts.models.users import (
    ACCESS_ENDS,
    LowerCaseEmailField,
    Plan,
    User,
    UserManager,
    UserQuerySet,
    new_user_id,
)

__all__ = [
    "ACCESS_ENDS",
    "Activity",
    "LastRun",
    "LowerCaseEmailField",
    "Plan",
    "QueuedMail",
    "TrustedBrowser",
    "TryCount",
    "User",
    "UserManager",
    "UserQuerySet",
    "new_activity_id",
    "new_user_id",
]
