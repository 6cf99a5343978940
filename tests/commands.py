"""Calls a management command as the command line does, within the test's transaction."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.utils import patience


def run(*arguments: str, stdin: bytes = b"") -> str:
    """What the command prints on standard output; it must print nothing else."""
    patience.stop_counting()  # a command is a process of its own, that has waited for nothing yet
    output, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        call_command(*arguments, stdout=output, stderr=errors)
    assert errors.getvalue() == ""
    return output.getvalue()


def refusal(*arguments: str, stdin: bytes = b"") -> str:
    """The one line with which the command refuses."""
    with pytest.raises(CommandError) as refused:
        run(*arguments, stdin=stdin)
    assert refused.value.returncode == 1
    message = str(refused.value)
    assert "\n" not in message
    return message
