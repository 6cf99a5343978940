"""Redirect URIs: what may be registered, and whether a requested one is a registered one.

Compared as strings, character by character (RFC 9700, section 4.1.3); only the port of a loopback
address is free (RFC 8252, section 7.3), since a native app cannot choose it beforehand.
"""

import ipaddress
from urllib.parse import SplitResult, parse_qsl, urlsplit

from django.core.exceptions import ValidationError

MAX_URIS = 10
MAX_LENGTH = 500
LOOPBACK = ("127.0.0.1", "::1")
LOCAL = (*LOOPBACK, "localhost")
ON_THIS_COMPUTER = "an app on this computer"
# What an answer names (RFC 6749, section 4.1.2; RFC 9207): naming one twice would make two answers of it.
RESERVED = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})


def clean_redirect_uris(text: str) -> list[str]:
    """The URIs of a text, one a line, checked. Raises ValidationError naming each bad one."""
    uris = list(dict.fromkeys(text.split()))
    if not uris:
        raise ValidationError("Enter at least one redirect URI, such as https://yourapp.com/callback.")
    if len(uris) > MAX_URIS:
        raise ValidationError(f"There are {len(uris)} redirect URIs. Use at most {MAX_URIS}.")
    if errors := [f"{uri}: {fault}" for _, uri, fault in faults_of(text)]:
        raise ValidationError(errors)
    return uris


def faults_of(text: str) -> list[tuple[int, str, str]]:
    """(its line, the URI or how it begins, what is wrong with it) for each bad one of a text."""
    lines = enumerate(text.splitlines(), start=1)
    return [(n, uri[:80], fault) for n, line in lines for uri in line.split() if (fault := _fault(uri))]


def is_registered(uri: str, registered: list[str]) -> bool:
    """Whether a requested redirect URI is one of the registered ones."""
    if uri in registered:
        return True
    bare = _without_loopback_port(uri)
    return bare is not None and bare in (_without_loopback_port(other) for other in registered)


def agreed_host(uri: str) -> str:
    """What a person agrees to who is sent there: the host and port; of this very machine no port counts."""
    parts = urlsplit(uri)
    return "localhost" if parts.hostname in LOCAL else parts.netloc


def said_host(host: str) -> str:
    """A host that agreed_host gave, for people."""
    return ON_THIS_COMPUTER if host == "localhost" else host


def host_of(uri: str) -> str:
    """The host (and port, where there is one) that the browser will be sent to."""
    return urlsplit(uri).netloc


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018  the property raises for a bad port
    except ValueError:
        return None
    return parts


def _fault(uri: str) -> str:
    """What is wrong with a URI that somebody wants to register; "" when nothing is."""
    parts = _split(uri)
    if len(uri) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters."
    if not uri.isascii() or not uri.isprintable() or "\\" in uri or "*" in uri:
        return "it may hold only plain ASCII without backslashes or wildcards."
    if parts is None or not parts.hostname:
        return "it is not a full URI such as https://yourapp.com/callback."
    if "@" in parts.netloc:
        return "it must not hold a user name."
    if "#" in uri:
        return "it must not hold a fragment (#)."
    if parts.netloc.lower() != parts.netloc or not uri.startswith((parts.scheme + "://",)):
        return "scheme and host must be in lower case."
    is_local = parts.hostname in LOCAL
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        return "it must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1])."
    if not is_local and not _is_host_name(parts.hostname):
        return "its host is not a name on the internet."
    taken = sorted(RESERVED.intersection(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)))
    return f"its query must not name {taken[0]}, which Craft's answer names." if taken else ""


def _is_host_name(host: str) -> bool:
    """A DNS name with a dot, or an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        return len(labels) > 1 and all(
            0 < len(label) < 64 and label.replace("-", "a").isalnum() and label.strip("-") == label
            for label in labels
        )
    return True


def _without_loopback_port(uri: str) -> str | None:
    """A loopback http URI without its port; None for any other."""
    parts = _split(uri)
    if parts is None or parts.scheme != "http" or parts.hostname not in LOOPBACK or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.netloc not in (host, f"{host}:{parts.port}"):
        return None
    return uri.replace(f"http://{parts.netloc}", f"http://{host}", 1)
