"""Every package that Craft runs on may be used as it is."""

import subprocess
import sys

import pytest

from tests.licences import FINE, licences_of


@pytest.mark.matrix  # each package
def test_each_licence_is_one_that_is_fine() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.licences"], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert len(told.stdout.splitlines()) > 40


@pytest.mark.parametrize(("package", "licence"), [("orjson", "MPL-2.0"), ("Django", "BSD-3-Clause")])
def test_a_licence_is_read_out_of_what_a_package_says(package: str, licence: str) -> None:
    assert licence in licences_of(package) <= FINE
