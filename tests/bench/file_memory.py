"""How much memory a large file costs the server: `python -m tests.bench.file_memory [MEGABYTES]`.

Uploads a file to a real server and reads it back raw and as JSON, and prints by how much the resident
memory of its worker grew meanwhile, at its highest. Allowed are 30 MB for 100 MB.
"""

import hashlib
import http.client
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.api.projects.serving import serving_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

MB = 2**20
LIMIT = 30 * MB
PIECE = b"0123456789abcdef" * 4096  # 64 kB of text, the costlier kind: it is decoded and escaped


def resident(pid: int) -> int:
    """Bytes of memory that a process has resident."""
    (line,) = (
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")
    )
    return int(line.split()[1]) * 1024


class Watch(threading.Thread):
    """Looks at a process's memory every few milliseconds."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.highest, self.is_over = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(0.005):
            self.highest = max(self.highest, resident(self.pid))


def growth(pid: int, do: Callable[[], None]) -> int:
    """By how many bytes a process grows at most while something is done."""
    before, watch = resident(pid), Watch(pid)
    watch.start()
    do()
    watch.is_over.set()
    watch.join()
    return max(0, watch.highest - before)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print; exit 1 above the limit."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    pieces = megabytes * MB // len(PIECE)

    with tempfile.TemporaryDirectory() as folder, serving_files(Path(folder)) as site:
        worker = site.worker

        def call(method: str, path: str, more: dict[str, str], body: Iterator[bytes] | None = None) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", site.server.port)
            headers = {"Authorization": f"Bearer {site.key}", **more}
            connection.request(method, f"{site.project}/files/{path}", body, headers)
            response = connection.getresponse()
            digest = hashlib.sha256()
            while chunk := response.read(MB):
                digest.update(chunk)
            assert response.status in (200, 201), response.status
            connection.close()

        def put(path: str, count: int) -> None:
            more = {"Content-Type": "text/plain", "Content-Length": str(count * len(PIECE))}
            call("PUT", path, more, (PIECE for _ in range(count)))

        put("small", 1)  # what is loaded once is loaded now
        call("GET", "small", {})
        octets = {"Accept": "application/octet-stream"}
        measured: list[tuple[str, Callable[[], None]]] = [
            ("PUT, raw", lambda: put("large", pieces)),
            ("GET, raw", lambda: call("GET", "large", octets)),
            ("GET, JSON", lambda: call("GET", "large", {})),
        ]
        say(f"{megabytes} MB; the worker has {resident(worker) / MB:.0f} MB to begin with")
        is_over = False
        for name, do in measured:
            start = time.perf_counter()
            grown = growth(worker, do)
            seconds = time.perf_counter() - start
            is_over |= grown > LIMIT
            say(f"{name:10} + {grown / MB:5.1f} MB  {seconds:6.2f} s  {megabytes / seconds:6.0f} MB/s")
        sys.exit("more than 30 MB" if is_over else None)


if __name__ == "__main__":
    main()
