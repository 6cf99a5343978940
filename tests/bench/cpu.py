"""CPU time of processes, as the kernel counts it."""

import os
import time
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def seconds(pid: int) -> float:
    """What a process has taken so far, its threads together. 0 once it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | 2)  # as clock_getcpuclockid(3) does, which Python lacks
    except OSError:
        return 0


def seconds_of_all(pid: int) -> float:
    """What a process and its children have taken so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[13:15]
    return seconds(pid) + sum(map(int, ended)) * TICK + sum(seconds(int(child)) for child in children)
