"""The three addresses of Craft, and what may not be between them."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from craft.configuration.environment import env

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
# A name in ASCII (an international one as browsers send it, xn--…) without a dot at its end, or [IPv6].
ORIGIN = re.compile(r"https?://([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/?", re.IGNORECASE)


def origin(name: str, default: str) -> SplitResult:
    """A variable that holds `http(s)://host[:port]` and nothing more."""
    text: str = env.str(name, default=default)
    try:
        url = urlsplit(text)
        is_valid = bool(ORIGIN.fullmatch(text)) and url.port != 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise ImproperlyConfigured(
            f"{name} is {text!r}. It must be an address such as https://craft.fast, without a path."
        )
    return urlsplit(f"{url.scheme}://{url.netloc.lower()}")


def is_local(host: str) -> bool:
    """True for this machine's own names: localhost, names below it and loopback addresses."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_hosts(web: SplitResult, api: SplitResult, preview: SplitResult, *, preview_is_set: bool) -> None:
    """Refuse three addresses between which cookies could leak."""
    web_host, api_host, preview_host = str(web.hostname), str(api.hostname), str(preview.hostname)
    if api_host != web_host and not api_host.endswith(f".{web_host}"):
        raise ImproperlyConfigured(
            f"API_URL's host {api_host} must be WEB_URL's host {web_host} or a name below it."
        )
    if api.scheme != web.scheme:
        raise ImproperlyConfigured(
            "API_URL and WEB_URL must both be https or both http: they share the session cookie."
        )
    if not is_local(web_host) and not preview_is_set:
        raise ImproperlyConfigured(
            "PREVIEW_URL is not set. Published pages need another domain than WEB_URL, for example https://craft-preview.app"
        )
    for host in (web_host, api_host):
        if preview_host == host or (
            not is_local(host) and preview_host.split(".")[-2:] == host.split(".")[-2:]
        ):
            raise ImproperlyConfigured(
                f"PREVIEW_URL's host {preview_host} shares its domain with {host}. "
                "Published pages could plant cookies there: use another domain."
            )


def allowed_hosts(*urls: SplitResult) -> list[str]:
    """Host names to answer; a local one also by its loopback addresses."""
    hosts = {str(url.hostname) for url in urls}
    if hosts & set(LOCAL_HOSTS):
        hosts |= {"localhost", "127.0.0.1", "[::1]"}
    return sorted(hosts)
