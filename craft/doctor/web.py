"""Asks Craft from outside, as its callers do: by name, through whatever is in front."""

import ssl
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import gaierror
from urllib.parse import urlsplit

from craft.doctor.fault import Fault

ANSWER_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """`days`: for how long the certificate is good; None for plain http."""

    status: int
    headers: dict[str, str]  # names in lower case
    days: float | None


def ask(url: str, path: str, **headers: str) -> Answer:
    """GET, without following a redirect. Raises Fault when there is no answer, and says why."""
    parts = urlsplit(url)
    host = str(parts.hostname)
    connection: HTTPConnection
    if parts.scheme == "https":
        trusted = ssl.create_default_context()
        connection = HTTPSConnection(host, parts.port, timeout=ANSWER_SECONDS, context=trusted)
    else:
        connection = HTTPConnection(host, parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path, headers=headers)
        days = _days_left(connection)
        response = connection.getresponse()
        response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, days)
    except gaierror:
        raise Fault(f"The name {host} leads nowhere: make a DNS record for it.") from None
    except ssl.SSLCertVerificationError as error:
        raise Fault(
            f"The certificate at {host} is not good for it ({error.verify_message}): get one for this name, "
            "with its whole chain, and reload the proxy."
        ) from None
    except (OSError, HTTPException) as error:
        raise Fault(
            f"Nothing answers at {url} ({type(error).__name__}). Are Craft and its proxy running, and is the "
            "port open?"
        ) from None
    finally:
        connection.close()


def _days_left(connection: HTTPConnection) -> float | None:
    if not isinstance(connection.sock, ssl.SSLSocket):
        return None
    shown = connection.sock.getpeercert() or {}
    return (ssl.cert_time_to_seconds(str(shown["notAfter"])) - time.time()) / 86_400
