"""Debian's nginx with deploy/nginx.conf, on free ports, in front of a server of the tests."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.secure import SETTINGS, make_certificate
from tests.e2e.server import ROOT, START_SECONDS, STOP_SECONDS, Server, new_database

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
WEB, API, PREVIEW = "craft.example", "api.craft.example", "craft-preview.example"
CONFIG = ROOT / "deploy" / "nginx.conf"
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
# What Craft is told of itself behind it.
ENVIRON = {
    "WEB_URL": f"https://{WEB}",
    "API_URL": f"https://{API}",
    "PREVIEW_URL": f"https://{PREVIEW}",
    "TRUSTED_PROXY_COUNT": "1",
    "HOST": "127.0.0.1",
    "ENCRYPTION_KEYS": "for-tests-only-0123456789abcdefghijklmnopqr=",
}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running nginx: its ports, and the folder with its logs."""

    port: int
    plain_port: int
    folder: Path

    def connect(self, host: str = API) -> ssl.SSLSocket:
        """A connection over TLS to one of its hosts."""
        context = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=START_SECONDS)
        return context.wrap_socket(plain, server_hostname=host)

    def send(self, *parts: bytes, host: str = API) -> bytes:
        """Send bytes over a connection of its own; what comes back until answer or connection ends."""
        received = b""
        with self.connect(host) as connection, contextlib.suppress(ConnectionError, ssl.SSLError):
            for part in parts:
                connection.sendall(part)
            while not is_whole(received) and (chunk := connection.recv(65_536)):
                received += chunk
        return received

    def call(self, method: str, path: str, *headers: str, body: bytes = b"", host: str = API) -> bytes:
        """The answer to one request, as bytes."""
        length = [f"Content-Length: {len(body)}"] if body else []
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, *length, "", ""]
        return self.send("\r\n".join(lines).encode("latin-1"), body, host=host)


def is_whole(answer: bytes) -> bool:
    """Whether an answer that says its length is there to its end. nginx waits a while before it closes."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return bool(separator and length and len(body) >= int(length[1]))


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def write_config(folder: Path, *, craft_port: int, port: int, plain_port: int) -> Path:
    """The shipped file with the paths and ports of a test in it, and a certificate beside it."""
    certificate, key = make_certificate(folder, WEB, API, PREVIEW, f"*.{PREVIEW}")
    text = CONFIG.read_text()
    for shipped, ours in {
        "pid /run/nginx.pid;": f"pid {folder}/nginx.pid;",
        "/var/log/nginx/": f"{folder}/",
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{craft_port};",
        "listen [::]:80": "#",
        "listen [::]:443": "#",
        "listen 80": f"listen 127.0.0.1:{plain_port}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "/etc/ssl/craft.example.pem": str(certificate),
        "/etc/ssl/craft.example.key": str(key),
        "/etc/ssl/craft-preview.example.pem": str(certificate),
        "/etc/ssl/craft-preview.example.key": str(key),
    }.items():
        assert shipped in text, shipped
        text = text.replace(shipped, ours)
    config = folder / "nginx.conf"
    config.write_text(text)
    return config


def check_config(config: Path) -> subprocess.CompletedProcess[str]:
    """`nginx -t`."""
    assert NGINX is not None
    return subprocess.run([NGINX, "-t", "-c", config], capture_output=True, text=True, check=False)


class CraftBehindProxy(Server):
    """Craft as nginx finds it: on this machine alone, with a proxy that it trusts."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url)
        (folder / "proxied_settings.py").write_text(SETTINGS.format(static=str(folder / "static")))
        self.environ |= ENVIRON | {
            "DJANGO_SETTINGS_MODULE": "proxied_settings",
            "PYTHONPATH": f"{folder}:{ROOT}",
            "STORAGE_URL": (folder / "files").as_uri(),
            "EMAIL_URL": f"filemail:///{folder / 'mails'}",
        }

    def call(
        self, method: str, path: str, key: str | None = None, *, json_body: Any = None, **headers: str
    ) -> tuple[int, str]:
        """One request past the proxy, as if it came through."""
        through = {"Host": API, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
        return super().call(method, path, key, json_body=json_body, **through | headers)


@contextlib.contextmanager
def craft_behind_nginx(folder: Path, **environ: str) -> Iterator[tuple[CraftBehindProxy, Proxy]]:
    """Both, with Alice's account, which no limit holds, in the database."""
    with new_database(folder) as url:
        server = CraftBehindProxy(folder, url)
        server.environ |= environ
        server.migrate()
        server.manage("collectstatic", "--no-input", "--verbosity", "0")
        server.manage("create_user", "alice@example.com", "--name", "Alice Owner", "--plan", "internal")
        server.start()
        try:
            with running_nginx(folder / "nginx", server.port) as proxy:
                yield server, proxy
        finally:
            server.stop()


@contextlib.contextmanager
def running_nginx(folder: Path, craft_port: int) -> Iterator[Proxy]:
    """Nginx in front of the server at that port of this machine."""
    assert NGINX is not None
    folder.mkdir(parents=True, exist_ok=True)
    proxy = Proxy(free_port(), free_port(), folder)
    config = write_config(folder, craft_port=craft_port, port=proxy.port, plain_port=proxy.plain_port)
    with (folder / "start.log").open("wb") as log:
        process = subprocess.Popen(
            [NGINX, "-c", config, "-g", "daemon off;"], stdout=log, stderr=log, start_new_session=True
        )
    try:
        for _ in range(START_SECONDS * 10):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", proxy.port)):
                break
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError((folder / "start.log").read_text())
        yield proxy
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
