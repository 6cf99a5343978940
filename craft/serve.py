"""Serve Craft: `python -m craft.serve` runs granian as the settings say, until SIGTERM or Ctrl-C."""

import errno
import logging
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from craft.configuration import is_local

APPLICATION = "craft.wsgi:application"
STOP_SECONDS = 15  # for requests under way; a stalled upload must not keep the server from stopping
CRASH_SECONDS = 2  # for those of the other workers, when some crash in a row and all are started anew
PAUSE_SECONDS = 1  # between two such starts
log = logging.getLogger("craft.serve")


class Server(MPServer):
    """granian, which ends when a worker dies soon after it was started anew: then with less time to stop."""

    def shutdown(self, exit_code: int = 0) -> None:
        if not self.interrupt_signal:
            self.workers_kill_timeout = CRASH_SECONDS
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]  # granian's own


def address() -> str:
    """Where to listen: HOST, or this machine alone unless Craft has a public address."""
    return settings.HOST or ("127.0.0.1" if settings.IS_LOCAL else "0.0.0.0")  # noqa: S104


def check_free(host: str, port: int, name: str = "PORT") -> None:
    """Exit with a sentence when nothing can listen there; two granians would silently share a port."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"Port {port} is taken. Stop what uses it, or choose another one: {name}={port + 1}")
        places = f"{name.replace('PORT', 'HOST')} and {name}"
        sys.exit(f"{places} must be an address this machine can listen on: {error.strerror}")


def needs_proxy(host: str) -> str:
    """A line of the start-up log where others reach this server without a proxy that is trusted; else ""."""
    if settings.TRUSTED_PROXY_COUNT or is_local(host.strip("[]")):
        return ""
    return (
        f"\n{host} is reached from other machines: put a proxy in front that buffers requests "
        "(deploy/nginx.conf), and set TRUSTED_PROXY_COUNT. Without one, a few clients that stall hold every "
        "thread."
    )


def make_storage_folder() -> None:
    """Make the folder for files, if they are kept in one. Only here: see api.projects.durable_folder."""
    storage: Any = settings.STORAGES["default"]
    folder = storage["OPTIONS"].get("location")
    try:
        if folder:
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(f"STORAGE_URL names {folder}, which is not there and cannot be made: {error.strerror}")


def without_redis() -> str:
    """What it means for rate limits that there is no Redis, as a line of the start-up log; "" with Redis."""
    if settings.REDIS_URL:
        return ""
    exact = "" if settings.WORKERS == 1 else f", so up to {settings.WORKERS} times a limit can pass"
    return (
        f"\nRate limits are counted by each process for itself{exact}; a restart forgets them. "
        "Set REDIS_URL to share them."
    )


def give_way() -> None:
    """Have a thread of the server that wakes up wait for the one that runs, here and in all its processes.

    Else threads of a worker, which share one lock, take the processor from each other: 7 % fewer calls a
    second. Where other programs keep every processor busy, one call in a hundred takes 3 ms longer.
    """
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # Linux alone has it


def start_metrics() -> AbstractContextManager[object]:
    """Serve metrics, if METRICS_PORT is set; what the workers write for it is gone on leaving."""
    if not settings.METRICS_PORT:
        return nullcontext()
    folder = tempfile.TemporaryDirectory(prefix="craft-metrics-")
    # The library reads it when it is first imported: before that, and before any worker starts.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder.name
    exposition = import_module("craft.metrics.exposition")
    exposition.serve(settings.METRICS_HOST, settings.METRICS_PORT, folder.name)
    return folder


def make_server(host: str, port: int) -> Server:
    """A server that has not been started."""
    return Server(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        # Over HTTP/2 a body without a length would read as empty; HTTP/2 is the proxy's job.
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.WORKERS,
        blocking_threads=settings.THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
        log_dictconfig=settings.LOGGING,  # one form and one masking for all that is logged
    )


def serve(server: Server, host: str, port: int) -> None:
    """Serve until told to stop; what granian gives up on is started anew, for its cause may pass."""
    while True:
        try:
            server.serve()
            return
        except SystemExit:
            if server.interrupt_signal:
                raise
        log.error("workers crashed in a row; starting all of them anew")
        time.sleep(PAUSE_SECONDS)
        server = _successor(server, host, port)


def _successor(ended: Server, host: str, port: int) -> Server:
    """The next server. A signal to stop that came while there was none reached the one before."""
    server = make_server(host, port)

    def stop_if_told() -> None:
        if ended.interrupt_signal:
            server.signal_handler_interrupt()  # type: ignore[no-untyped-call]  # granian's own

    server.on_startup(stop_if_told)
    return server


def main() -> None:
    """Start the server and stay with it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "craft.settings")
    try:
        port: int = settings.PORT
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    host = address()
    check_free(host, port)
    if settings.METRICS_PORT:
        check_free(settings.METRICS_HOST, settings.METRICS_PORT, "METRICS_PORT")
    make_storage_folder()
    if code := subprocess.run([sys.executable, "-m", "craft.start"], check=False).returncode:
        sys.exit(code)
    give_way()
    metrics = start_metrics()
    server = make_server(host, port)
    place = "" if settings.IS_LOCAL else f", listening on {host}:{port}"
    notes = without_redis() + needs_proxy(host)
    server.on_startup(lambda: print(f"Craft is at {settings.WEB_URL}{place}{notes}", flush=True))
    with metrics:
        serve(server, host, port)


if __name__ == "__main__":
    main()
