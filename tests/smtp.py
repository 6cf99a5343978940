"""A mail server on a port of this machine, with a real socket, that can be in any mood."""

import email
import email.policy
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from enum import Enum, auto
from typing import cast


class Mood(Enum):
    """How it treats who calls."""

    WELL = auto()
    SILENT = auto()  # takes the connection and says nothing
    BUSY = auto()  # says 421 and no more
    REFUSING = auto()  # takes no mail, for now
    CLOSING = auto()  # hangs up when it has the mail, without a word
    SLOW = auto()  # takes its time before each answer


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it took in `messages`; calls `on_mail` when it has one, before it says so."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.port: int = self.server_address[1]
        self.messages: list[EmailMessage] = []
        self.calls = 0
        self.on_mail: Callable[[], object] = lambda: None
        self._mood, self.changed = Mood.WELL, threading.Event()

    @property
    def mood(self) -> Mood:
        """WELL unless it was set; setting it ends the conversations in which it is silent."""
        return self._mood

    @mood.setter
    def mood(self, mood: Mood) -> None:
        self._mood = mood
        self.changed.set()
        self.changed = threading.Event()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("MailServer", self.server)
        server.calls += 1
        mood, changed = server.mood, server.changed
        if mood is Mood.SILENT:
            changed.wait()
            return
        if mood is Mood.BUSY:
            self._say("421 busy")
            return
        self._say("220 ready")
        while line := self.rfile.readline().strip():
            if mood is Mood.SLOW:
                changed.wait(0.3)
            command = line.split(b":")[0].split()[0].upper()
            if command == b"DATA":
                self._say("354 go on")
                data = b"".join(iter(self.rfile.readline, b".\r\n"))
                server.on_mail()
                if mood is Mood.CLOSING:
                    return
                if mood is Mood.REFUSING:
                    self._say("451 not now, alice@example.com")
                    continue
                message = email.message_from_bytes(data, policy=email.policy.default)
                server.messages.append(message)
            self._say("221 bye" if command == b"QUIT" else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that answers."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.mood = Mood.WELL
            server.shutdown()
            thread.join()
