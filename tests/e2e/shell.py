"""Code and management commands for a server's database, in one process that has Django loaded.

    shell = Shell(environ, folder / "shell.log")
    shell.manage("create_user", "ada@example.com")
    shell.ask("from accounts.models import User; answer = User.objects.count()")
    shell.close()

To start a process for each of them would take a second every time. The tests in JavaScript use the same one,
by the socket at `path`.
"""

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS = 120  # much more than it takes, for a busy machine


class Shell:
    """A running process with this environment; what it prints unasked goes to the log."""

    def __init__(self, environ: dict[str, str], log: Path) -> None:
        # Not below pytest's own folders: the path of a socket must be short.
        self._folder = tempfile.TemporaryDirectory(prefix="craft-shell-")
        self._log = log
        self.path = f"{self._folder.name}/socket"
        with socket.socket(socket.AF_UNIX) as listener, log.open("ab") as output:
            listener.bind(self.path)
            listener.listen()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.shell_process", str(listener.fileno())],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=[listener.fileno()],
            )

    def manage(self, *arguments: str, stdin: str = "") -> str:
        """What a management command prints."""
        output: str = self._call(arguments=arguments, stdin=stdin)
        return output.strip()

    def ask(self, code: str, given: Any = None) -> Any:
        """The value of `answer` after running code, which finds `given` under that name."""
        return self._call(code=code, given=given)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()  # it ends with its standard input
        self._folder.cleanup()

    def _call(self, **request: Any) -> Any:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(self.path)
            connection.sendall(json.dumps(request).encode())
            connection.shutdown(socket.SHUT_WR)
            with connection.makefile("rb") as stream:
                received = stream.read()
        assert received, self._log.read_text()
        answer = json.loads(received)
        assert "error" not in answer, answer["error"]
        return answer["value"]
