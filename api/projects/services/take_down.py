"""Taking a published page off the net, as staff do."""

from django.db import transaction
from django.utils import timezone

from accounts import security_log
from accounts.events import Event
from api.projects.models import Deployment


class TakenDownAlready(Exception):
    """It was taken down before, or is gone."""


@transaction.atomic
def take_down(deployment: Deployment, *, reason: str) -> None:
    """Answer 404 at the deployment's address from now on; its owner reads the reason.

    What was published stays, for who looks into it. Raises TakenDownAlready.
    """
    served = Deployment.objects.filter(pk=deployment.pk, taken_down_at=None)
    if not served.update(taken_down_at=timezone.now(), taken_down_reason=reason):
        raise TakenDownAlready
    project = deployment.project
    security_log.record(
        project.owner,
        Event.DEPLOYMENT_TAKEN_DOWN,
        name=project.name,
        deployment=deployment.uid,
        reason=reason,
        by="staff",
    )
