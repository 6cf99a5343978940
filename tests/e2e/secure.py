"""Craft over HTTPS on hosts of their own, and pages of other origins; the browser maps every name to here."""

import datetime as dt
import http.client
import http.server
import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.e2e.server import ANSWER_SECONDS, ROOT, START_SECONDS, Server, new_database

FLAGS = [
    "--host-resolver-rules=MAP * 127.0.0.1",
    # A browser asks its user before a page of no address space calls this machine; here all is this machine.
    "--disable-features=LocalNetworkAccessChecks,HttpsUpgrades",
]
LIMIT = 100_000  # calls in any window: no test meets it
# As in production, but for static files: those lie in the test's own folder.
SETTINGS = "from craft.settings import *\n\nSTATIC_ROOT = {static!r}\n"


def make_certificate(folder: Path, *hosts: str) -> tuple[Path, Path]:
    """A self-signed certificate and its key, as files, for these hosts; the browser is told not to mind."""
    hosts = hosts or ("craft.test", "*.craft.test")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


class SecureServer(Server):
    """Craft with TLS of its own, on https://craft.test, https://api.craft.test and a preview domain."""

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url)
        self.certificate, self._key = make_certificate(folder)
        self.web, self.api = f"https://craft.test:{self.port}", f"https://api.craft.test:{self.port}"
        (folder / "secure_settings.py").write_text(SETTINGS.format(static=str(folder / "static")))
        self.environ |= {
            "DJANGO_SETTINGS_MODULE": "secure_settings",
            "PYTHONPATH": f"{folder}:{ROOT}",
            "WEB_URL": self.web,
            "API_URL": self.api,
            "PREVIEW_URL": f"https://craft-preview.test:{self.port}",
            "ENCRYPTION_KEYS": "for-tests-only-0123456789abcdefghijklmnopqr=",
            "STORAGE_URL": (folder / "files").as_uri(),
            "RATE_LIMITS": f"free={LIMIT}/{LIMIT}/{LIMIT},address={LIMIT},post_projects={LIMIT}",
        }

    def start(self) -> None:
        """Serve by granian itself, which craft.serve leaves TLS to a proxy for; return once it answers."""
        options = ["--interface", "wsgi", "--http", "1", "--host", "127.0.0.1", "--port", str(self.port)]
        options += ["--blocking-threads", "4", "--log-level", "error"]
        options += ["--ssl-certificate", str(self.certificate), "--ssl-keyfile", str(self._key)]
        command = [sys.executable, "-m", "granian", *options, "craft.wsgi:application"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while self._status_of_me() != 401:
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def read(self, path: str, key: str) -> Any:
        """The `data` that the API answers to a key."""
        status, body = self._get(path, {"Authorization": f"Bearer {key}"})
        assert status == 200, body
        return json.loads(body)["data"]

    def _status_of_me(self) -> int:
        try:
            return self._get("/v1/me", {})[0]
        except OSError:
            return 0

    def _get(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = False  # the name does not resolve here
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=ANSWER_SECONDS, context=context
        )
        try:
            connection.request("GET", path, headers={"Host": f"api.craft.test:{self.port}", **headers})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


class _Blank(http.server.BaseHTTPRequestHandler):
    """An empty page, whatever is asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Somebody else</title>")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def somebody_else(certificate: tuple[Path, Path] | None) -> Iterator[int]:
    """Serve empty pages, over TLS if there is a certificate, for whatever name; gives the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving_securely(folder: Path, password: str) -> Iterator[SecureServer]:
    """A running server with Alice's account in its database."""
    with new_database(folder) as url:
        server = SecureServer(folder, url)
        server.migrate()
        server.manage("collectstatic", "--no-input", "--verbosity", "0")
        server.ask(
            "from accounts.services import create_user\n"
            f"answer = create_user(email='alice@example.com', name='Alice Owner', password={password!r}).uid"
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()
