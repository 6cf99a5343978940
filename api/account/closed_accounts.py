"""The end of closed accounts, a while after their owners closed them: everything in them is deleted.

Bit by bit, each in a transaction of its own, since an account may hold millions of rows: a run that is
killed half way leaves less to do to the next one. The account's row goes last, and the mail that says so.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts import mails
from accounts.closing import CLOSING_FOR
from accounts.models import Activity, User
from accounts.utils.batches import delete_in_batches
from api.oauth.models import Application, Grant
from api.oauth.services.applications import delete_app
from api.projects.models import Project
from api.projects.services.deployments import DeploymentNotFound, delete_deployment, deployments_of
from api.projects.services.projects import ProjectNotFound, delete_project
from apikeys.models import APIKey

CLOCKS_DIFFER = timedelta(minutes=5)  # so that nobody keeps an account of which a part is gone
KEYS_AT_ONCE = 5  # each with its usage
log = logging.getLogger(__name__)


def delete_closed_accounts(now: datetime) -> int:
    """Delete those whose time to be kept is over; return how many went. One that fails holds up no other."""
    closed = User.objects.filter(closing_at__lte=now - CLOSING_FOR - CLOCKS_DIFFER).order_by("closing_at")
    return sum(_delete(user) for user in closed)


def _delete(user: User) -> bool:
    try:
        for project in Project.objects.filter(owner=user):
            _delete_project(project)
        for app in Application.objects.filter(user=user):
            delete_app(app)
        delete_in_batches(Grant.objects.filter(user=user))
        delete_in_batches(APIKey.objects.filter(user=user), KEYS_AT_ONCE)
        Activity.objects.delete_of(user)
        return _delete_account(user)
    except Exception:
        log.exception("closed account %s could not be deleted; the next run goes on", user.uid)
        return False


def _delete_project(project: Project) -> None:
    """Its deployments first, each with its files: together they may be too many for one statement."""
    for deployment in deployments_of(project).order_by("pk"):
        try:
            delete_deployment(project, deployment.uid)
        except (DeploymentNotFound, ProjectNotFound):  # another run was faster
            continue
    try:
        delete_project(project)
    except ProjectNotFound:
        return


@transaction.atomic
def _delete_account(user: User) -> bool:
    """The row, and what of it came meanwhile; whether it was this run that did it."""
    if not User.objects.select_for_update(no_key=True).filter(pk=user.pk):
        return False
    mails.send_closed(user)
    user.delete()
    return True
