"""A real proxy on a port of its own that does what proxies and networks do: fail, drop, stall, cut off."""

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PAGE = b"<html><h1>The server is away</h1></html>"
REASONS = {200: "OK", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


class Proxy:
    """Hands connections on to a server, after it did to the first ones what `faults` says, one each.

    200, 502, 503, 504: answer so, with `page`, as HTML. "drop": close without an answer.
    "stall": never answer. "cut": hand on, but close after 100,000 bytes of the answer.
    """

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.faults: deque[int | str] = deque()
        self.retry_after = ""
        self.page = PAGE
        self.seen: list[bytes] = []  # the first line of each request that met a fault
        self._end = threading.Event()

    def serve(self) -> None:
        """Take connections until it is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._handle, args=[connection], daemon=True).start()

    def close(self) -> None:
        """End it."""
        self._end.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _handle(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            fault = self.faults.popleft() if self.faults else None
            if fault is None or fault == "cut":
                self._hand_on(connection, 100_000 if fault else None)
                return
            head = b""
            while b"\r\n\r\n" not in head and (received := connection.recv(65536)):
                head += received
            self.seen.append(head.partition(b"\r\n")[0])
            if isinstance(fault, int):
                connection.sendall(self._page(fault))
            elif fault == "stall":
                self._end.wait(60)

    def _page(self, status: int) -> bytes:
        lines = [f"HTTP/1.1 {status} {REASONS[status]}", "Content-Type: text/html", "Connection: close"]
        lines += [f"Retry-After: {self.retry_after}"] if self.retry_after else []
        return "\r\n".join([*lines, f"Content-Length: {len(self.page)}", "", ""]).encode() + self.page

    def _hand_on(self, connection: socket.socket, limit: int | None) -> None:
        with socket.create_connection(("127.0.0.1", self._upstream)) as upstream:
            back = threading.Thread(target=_answer, args=[upstream, connection, limit], daemon=True)
            back.start()
            with suppress(OSError):
                while received := connection.recv(65536):
                    # What a server does not want is read all the same: else the client may miss the answer.
                    with suppress(OSError):
                        upstream.sendall(received)
                upstream.shutdown(socket.SHUT_RDWR)
            back.join()


def _answer(upstream: socket.socket, connection: socket.socket, limit: int | None) -> None:
    sent = 0
    with suppress(OSError):
        while (limit is None or sent < limit) and (received := upstream.recv(65536)):
            connection.sendall(received)
            sent += len(received)
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR if limit is None else socket.SHUT_RDWR)


@contextmanager
def proxying(port: int) -> Iterator[Proxy]:
    """A running proxy before the server on this port."""
    proxy = Proxy(port)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
