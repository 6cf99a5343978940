"""The settings, as `check --deploy` sees them, and what the start insists on."""

from django.conf import settings
from django.core import checks

from craft import start, system_checks
from craft.doctor.fault import Fault


def ask_settings() -> str:
    """Django's own checks of a production are not for a machine that only its owner reaches."""
    tags = [system_checks.TAG] if settings.IS_LOCAL else None
    found = [
        f"{each.msg} {each.hint or ''} ({each.id})"
        for each in checks.run_checks(tags=tags, include_deployment_checks=True)
        if each.level >= checks.WARNING and not each.is_silenced()
    ]
    if found:
        raise Fault(" ".join(" ".join(found).split()))
    return "nothing dangerous"


def ask_static_files() -> str:
    if sentence := start.missing_static_files():
        raise Fault(sentence)
    return "served as they lie" if settings.IS_LOCAL else "collected"
