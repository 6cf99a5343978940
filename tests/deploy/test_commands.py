"""`deploy/craft`: the command runs as ever, and the journal has what it said on standard error."""

import os
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
ARGUMENTS = ["revoke_api_key", "two words"]
AS_CRAFT = """#!/bin/sh
echo "$CRAFT_ENV_FILE $PGDATABASE $*"
cat
for each in deleted revoked; do echo $each >&2; sleep 0.1; done
exit 3
"""
JOURNAL = """#!/bin/sh
said=$(cat)
sleep 0.1
echo "$* $said" > "$JOURNAL"
"""
NO_JOURNAL = """#!/bin/sh
echo Failed to create stream fd >&2
exit 1
"""


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize("journal", [JOURNAL, NO_JOURNAL, None], ids=["journal", "none runs", "none there"])
def test_a_command_is_as_it_was_and_the_journal_has_what_it_said(tmp_path: Path, journal: str | None) -> None:
    for name in ("bash", "sh", "cat", "sleep", "tee"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    program(tmp_path / "runuser", AS_CRAFT)
    if journal:
        program(tmp_path / "systemd-cat", journal)
    told = tmp_path / "told"
    done = subprocess.run(
        [str(tmp_path / "bash"), str(DEPLOY / "craft"), *ARGUMENTS],
        env={"PATH": str(tmp_path), "JOURNAL": str(told), "PGDATABASE": "craft"},
        input="typed\n",
        capture_output=True,
        text=True,
        check=False,
    )
    command = "-u craft -- /opt/craft/.venv/bin/python /opt/craft/manage.py revoke_api_key two words"
    assert done.stdout == f"/etc/craft/env craft {command}\ntyped\n"
    assert (done.stderr, done.returncode) == ("deleted\nrevoked\n", 3)
    if journal == JOURNAL:
        assert told.read_text() == "--identifier=craft deleted\nrevoked\n"


def test_it_may_be_run() -> None:
    assert os.access(DEPLOY / "craft", os.X_OK)


@pytest.mark.parametrize("unit", ["craft.service", "craft-housekeeping.service"])
def test_services_log_under_the_same_name_and_drop_no_line(unit: str) -> None:
    read = ConfigParser(strict=False, interpolation=None)
    read.read(DEPLOY / "systemd" / unit)
    assert (read["Service"]["SyslogIdentifier"], read["Service"]["LogRateLimitIntervalSec"]) == ("craft", "0")
