"""How many calls a second a server answers: by wrk, or by client.py where wrk is missing."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONNECTIONS = 8
WRK = shutil.which("wrk")
CLIENT = (
    f"wrk, {CONNECTIONS} connections"
    if WRK
    else (f"the bundled client, {CONNECTIONS} connections: slower than wrk, so that fast servers look alike")
)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends: `body`, which is text, `times` over."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it."""

    calls: int
    seconds: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds


class Refused(Exception):
    """Some answers were none; the message is the client's."""


def run(port: int, requests: Sequence[Request], seconds: int, connections: int = CONNECTIONS) -> Load:
    """Send these requests, one after the other and again from the first, for so long. Raises Refused."""
    return (_wrk if WRK else _client)(port, requests, seconds, connections)


def _wrk(port: int, requests: Sequence[Request], seconds: int, connections: int) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_lua(requests))
        script.flush()
        command = [
            WRK or "",
            "--threads",
            "1",
            "--connections",
            str(connections),
            "--duration",
            f"{seconds}s",
            "--timeout",
            "20s",
            "--script",
            script.name,
            f"http://127.0.0.1:{port}/",
        ]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) requests in ([\d.]+)(m?s|m)", said)
    if found is None or "Non-2xx" in said or "Socket errors" in said:
        raise Refused(said)
    unit = {"ms": 0.001, "s": 1, "m": 60}[found[3]]
    return Load(int(found[1]), float(found[2]) * unit)


def _lua(requests: Sequence[Request]) -> str:
    """The script for wrk: its requests are written out once, before the first is sent."""
    made = "".join(
        f"  wrk.format({_text(each.method)}, {_text(each.path)}, "
        f"{{{_pairs(each.headers)}}}, string.rep({_text(each.body)}, {each.times})),\n"
        for each in requests
    )
    return (
        f"local requests\nlocal sent = 0\nfunction init()\n  requests = {{\n{made}  }}\nend\n"
        "function request()\n  sent = sent + 1\n  return requests[(sent - 1) % #requests + 1]\nend\n"
    )


def _pairs(headers: dict[str, str]) -> str:
    return ", ".join(f"[{_text(name)}] = {_text(value)}" for name, value in headers.items())


def _text(value: str) -> str:
    """A text as Lua writes it, which is as JSON does where nothing is escaped as u0000."""
    return json.dumps(value)


def at_rate(port: int, requests: Sequence[Request], seconds: int, rate: float) -> list[float]:
    """Begin so many calls a second, whatever becomes of them: how many milliseconds each took."""
    took: list[float] = _ask_client(port, requests, seconds, CONNECTIONS, rate)["milliseconds"]
    return took


def _client(port: int, requests: Sequence[Request], seconds: int, connections: int) -> Load:
    answer = _ask_client(port, requests, seconds, connections, None)
    return Load(len(answer["milliseconds"]), answer["seconds"])


def _ask_client(
    port: int, requests: Sequence[Request], seconds: int, connections: int, rate: float | None
) -> Any:
    asked = {
        "port": port,
        "seconds": seconds,
        "rate": rate,
        "connections": connections,
        "requests": [[each.method, each.path, each.headers, each.body * each.times] for each in requests],
    }
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("client.py")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(done.stderr)
    return json.loads(done.stdout)
