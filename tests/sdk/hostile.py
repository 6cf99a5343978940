"""A server on loopback that answers as no honest one does: wrongly, cut short, with other content."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

GOOD_PAGE = {"page": 1, "limit": 20, "total": 1, "totalPages": 1, "hasMore": False}


class Hostile:
    """Gives every call the same answer, and keeps each call's first line and headers in `seen`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.status, self.headers, self.body = 200, {"Content-Type": "application/json"}, b"{}"

    def answer(self, body: bytes | Any, status: int = 200, **headers: str | None) -> None:
        """Answer so from now on: JSON unless it is bytes. `Content_Length=None` closes instead."""
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        given: dict[str, str | None] = {
            "Content-Type": "application/json",
            "Content-Length": str(len(self.body)),
        }
        given |= {name.replace("_", "-"): text for name, text in headers.items()}
        self.headers = {name: text for name, text in given.items() if text is not None}
        self.status = status


@contextmanager
def hostile() -> Iterator[Hostile]:
    """A running one."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            server.seen.append((self.requestline, dict(self.headers)))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(server.status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(server.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  the names are http.server's

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        server = Hostile(f"http://127.0.0.1:{listener.server_port}")
        thread = Thread(
            target=listener.serve_forever, args=(0.01,)
        )  # seconds until it sees that it is to end
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()
