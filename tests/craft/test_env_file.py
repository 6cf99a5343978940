"""`make run` writes the secrets that .env lacks, and touches nothing that is there."""

import re
import stat
from pathlib import Path

import pytest

from craft.env_file import complete

SECRET = r"SECRET_KEY=[0-9a-f]{64}\n"
KEYS = r"ENCRYPTION_KEYS=[A-Za-z0-9_-]{43}=\n"


def completed(file: Path, text: str) -> str:
    file.write_text(text)
    complete(file)
    return file.read_text()


def test_a_new_file_has_both_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    complete(file)
    assert re.fullmatch(SECRET + KEYS, file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    complete(file)
    assert file.read_text() == before


@pytest.mark.parametrize(
    "text", ["SECRET_KEY=abc\n", "SECRET_KEY=abc", "#ENCRYPTION_KEYS=\nSECRET_KEY=abc\n"]
)
def test_a_file_that_lacks_the_newer_one_gets_it_on_a_line_of_its_own(text: str, tmp_path: Path) -> None:
    now = completed(tmp_path / ".env", text)
    assert re.fullmatch(re.escape(text.rstrip("\n")) + "\n" + KEYS, now)


@pytest.mark.parametrize("name", ["ENCRYPTION_KEYS", "export ENCRYPTION_KEYS", "ENCRYPTION_KEYS_FILE"])
def test_a_line_that_is_there_stays_as_it_is(name: str, tmp_path: Path) -> None:
    text = f"PORT=8001\nSECRET_KEY = x\n{name}=\n"
    assert completed(tmp_path / ".env", text) == text
