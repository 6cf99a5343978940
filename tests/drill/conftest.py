"""The fixture `drill`, which collects what drills find, and the table at the end."""

import pytest

from tests.drill.report import Drill

DRILL = Drill()


@pytest.fixture(scope="session")
def drill() -> Drill:
    return DRILL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    if DRILL.rows:
        terminalreporter.section("drill")
        terminalreporter.write_line(DRILL.table())
