"""What programs look for below /.well-known/ and is no part of OAuth."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from api.envelope import rfc3339

VALID_FOR = timedelta(days=180)  # RFC 9116, section 2.5.5, recommends less than a year


@require_safe
def show_security_contact(request: HttpRequest) -> HttpResponse:
    """Where holes are reported (RFC 9116). It stays valid for as long as it is served. Raises Http404."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    fields = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": rfc3339(today + VALID_FOR),
        "Preferred-Languages": "en",
        "Canonical": f"{settings.WEB_URL}/.well-known/security.txt",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")
