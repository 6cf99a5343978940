"""CPU time of processes, as the kernel counts it."""

import os
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def seconds(pid: int, *, with_ended: bool = False) -> float:
    """What a process has taken so far; `with_ended`: and its children that have ended. 0 once it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return sum(map(int, fields[11 : 15 if with_ended else 13])) * TICK


def seconds_of_all(pid: int) -> float:
    """What a process and its children have taken so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return seconds(pid, with_ended=True) + sum(seconds(int(child)) for child in children)
