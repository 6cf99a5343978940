"""What of the SDKs is generated is what `make sdk-generate` makes."""

import subprocess
import sys

import pytest

from tests.e2e.server import ROOT

GENERATE = ROOT / "sdk" / "generate"


@pytest.mark.matrix  # starts processes
def test_what_is_committed_is_what_is_generated() -> None:
    done = subprocess.run([sys.executable, GENERATE, "--check"], check=False)

    assert done.returncode == 0, "run `make sdk-generate`"
