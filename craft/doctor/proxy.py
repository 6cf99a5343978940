"""What is in front of Craft: certificates, and the headers that say who calls."""

import secrets

from django.conf import settings

from craft.doctor.fault import Fault
from craft.doctor.web import Answer, ask

DAYS_LEFT = 14  # who renews by themselves do so at 30
LOCAL = "not asked: WEB_URL is of this machine"


def ask_certificates() -> str:
    """That of the preview host must be good for every name below it."""
    if settings.IS_LOCAL or not settings.IS_HTTPS:
        return LOCAL if settings.IS_LOCAL else "none: WEB_URL is plain http"
    preview = settings.PREVIEW_URL.replace("://", "://doctor.", 1)
    days = min(_days_of(url) for url in (settings.WEB_URL, settings.API_URL, preview))
    return f"good for {days:.0f} days"


def _days_of(url: str) -> float:
    days = ask(url, "/").days
    if days is not None and days < DAYS_LEFT:
        raise Fault(
            f"The certificate at {url} ends in {days:.0f} days: renew it, and see why nothing does by itself."
        )
    return days or 0


def ask_proxy() -> str:
    """Whether the proxy says what it must, and keeps to itself what is not for everybody."""
    if settings.IS_LOCAL:
        return LOCAL
    if settings.IS_HTTPS and not settings.TRUSTED_PROXY_COUNT:
        raise Fault(
            "TRUSTED_PROXY_COUNT is 0, so everybody has the proxy's address: set it to the number of proxies "
            "in front."
        )
    check_page(ask(settings.WEB_URL, "/login/"))
    check_addresses()
    check_probes()
    return "names host, scheme and address"


def check_page(answer: Answer) -> None:
    """Whether it is Craft's sign-in page, as it was asked for."""
    if answer.status in (301, 302) and answer.headers.get("location", "").startswith("https://"):
        raise Fault(
            "Pages redirect to themselves: let the proxy set X-Forwarded-Proto to the scheme it was asked by."
        )
    if answer.status == 400:
        raise Fault(
            "Craft does not know the host that it is asked for: let the proxy pass on Host as it came."
        )
    if answer.status != 200 or "x-request-id" not in answer.headers:
        raise Fault(
            f"{settings.WEB_URL}/login/ is not Craft's page (status {answer.status}): does the proxy lead to "
            "HOST and PORT of `python -m craft.serve`?"
        )


def check_addresses() -> None:
    """Calls of one address are counted together, whatever address they say they are from."""
    left = set()
    for _ in range(3):
        # Of a network that is nobody's (RFC 2544).
        forged = f"198.18.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
        answer = ask(settings.API_URL, "/v1/me", **{"X-Forwarded-For": forged})
        if answer.status != 401:
            raise Fault(
                f"{settings.API_URL}/v1/me answers {answer.status} in the place of 401: does the proxy lead "
                "to Craft, and pass on Host as it came?"
            )
        left.add(answer.headers.get("x-ratelimit-remaining"))
    if len(left) == 1 and None not in left:
        raise Fault(
            "Callers choose their own address: let the proxy append to X-Forwarded-For or set it, and let "
            "TRUSTED_PROXY_COUNT be the number of proxies, no more."
        )


def check_probes() -> None:
    if ask(settings.WEB_URL, "/healthz").status == 200:
        raise Fault(
            "The proxy passes /healthz on: let it answer 404 there and at /readyz, as deploy/nginx.conf does."
        )
