"""A way to a server that can go silent, as a broken network does: what is sent is lost unheard."""

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

W = TypeVar("W", bound=socketserver.TCPServer)
NEVER = -1


class Way(socketserver.ThreadingTCPServer):
    """Passes on, from a port of this machine, what is sent."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, target: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.port: int = self.server_address[1]
        self.target = target
        self.is_silent = False
        self.silences = 0  # each loses for good what is connected
        self.connections = 0  # that were made, ever

    def go_silent(self) -> None:
        """Lose all that is sent, now and on these connections for ever."""
        self.is_silent = True
        self.silences += 1

    def speak(self) -> None:
        """Pass on what comes on new connections."""
        self.is_silent = False


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        way = cast("Way", self.server)
        way.connections += 1
        self._until = NEVER if way.is_silent else way.silences
        with socket.create_connection(way.target) as there:
            back = threading.Thread(target=self._pass_on, args=(there, self.request), daemon=True)
            back.start()
            self._pass_on(self.request, there)
            back.join()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        """Until the source ends."""
        way = cast("Way", self.server)
        try:
            while data := source.recv(65536):
                if way.silences == self._until:
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            target.close()


class TLSWay(socketserver.ThreadingTCPServer):
    """Takes TLS at a port of this machine, and passes on what is in it."""

    daemon_threads = True

    def __init__(self, target: tuple[str, int], certificate: Path, key: Path) -> None:
        super().__init__(("127.0.0.1", 0), _TLSConnection)
        self.port: int = self.server_address[1]
        self.target = target
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)


class _TLSConnection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        way = cast("TLSWay", self.server)
        with (
            way.context.wrap_socket(self.request, server_side=True) as here,
            socket.create_connection(way.target) as there,
        ):
            other: dict[socket.socket, socket.socket] = {here: there, there: here}
            while True:  # one thread for both ways: a TLS connection takes no two
                ready = [here] if here.pending() else select.select([here, there], [], [])[0]
                for source in ready:
                    if not (data := source.recv(65536)):
                        return
                    other[source].sendall(data)


@contextmanager
def tls_way_to(port: int, certificate: Path, key: Path) -> Iterator[int]:
    """The port of a TLSWay to another port of this machine."""
    with _serving(TLSWay(("127.0.0.1", port), certificate, key)) as way:
        yield way.port


@contextmanager
def way_to(host: str, port: int) -> Iterator[Way]:
    """A way that passes everything on."""
    with _serving(Way((host, port))) as way:
        yield way


@contextmanager
def _serving(way: W) -> Iterator[W]:
    with way:
        thread = threading.Thread(target=way.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield way
        finally:
            way.shutdown()
            thread.join()
