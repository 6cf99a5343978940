"""The process behind tests/e2e/shell.py: `python -m tests.e2e.shell_process FD`, FD being a listening socket.

Each connection brings one request as JSON and takes one answer, {"value"}. {"code", "given"} asks for the
value of `answer` after running the code; {"arguments", "stdin"} for what manage.py prints. Whatever raises is
answered as {"error"}, a traceback. The process ends with the one that started it.
"""

import contextlib
import io
import json
import os
import socket
import sys
import threading
import traceback
from typing import Any, NoReturn

import django
from django.core.management import execute_from_command_line
from django.db import connections


def run_code(code: str, given: Any) -> Any:
    """The value of `answer` after the code, which finds its values as `given`."""
    names: dict[str, Any] = {"given": given}
    exec(compile(code, "<code of a test>", "exec"), names)  # noqa: S102  that is what it is for
    return names["answer"]


def run_command(arguments: list[str], stdin: str) -> str:
    """What a command prints on standard output; one that fails raises, with what it says of it."""
    output, errors = io.StringIO(), io.StringIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()))
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            execute_from_command_line(["manage.py", *arguments])
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"{arguments[0]} ended with {end.code}: {errors.getvalue()}") from end
    return output.getvalue()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to one request. No connection to the database outlives it, as with a process of its own."""
    try:
        return {"value": run_command(**request) if "arguments" in request else run_code(**request)}
    except Exception:  # noqa: BLE001  the test shows it
        return {"error": traceback.format_exc()}
    finally:
        connections.close_all()


def serve(listener: socket.socket) -> NoReturn:
    """Answer one request after the other."""
    while True:
        connection, _ = listener.accept()
        with contextlib.suppress(OSError), connection, connection.makefile("rwb") as stream:
            stream.write(json.dumps(answer(json.load(stream))).encode())


def end_with_parent() -> None:
    """Standard input ends when the process that started this one does."""
    os.read(0, 1)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    django.setup()
    serve(socket.socket(fileno=int(sys.argv[1])))
