"""Serves the metrics of all workers: in the server's first process, which has no Django in it."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

LIVE = re.compile(r"gauge_live\w+_(\d+)\.db")


def serve(host: str, port: int, folder: str) -> None:
    """Answer at /metrics from a thread, until this process ends: what the workers write into the folder."""
    registry = CollectorRegistry()
    registry.register(_LiveWorkers(None, folder))  # type: ignore[no-untyped-call]  # the library's own
    start_http_server(port, host, registry)


class _LiveWorkers(MultiProcessCollector):
    """All that was counted, and of gauges only those of workers that live."""

    def collect(self) -> Iterable[Any]:
        for file in Path(self._path).glob("gauge_live*.db"):
            found = LIVE.fullmatch(file.name)
            if found and not _lives(int(found[1])):
                mark_process_dead(int(found[1]), self._path)  # type: ignore[no-untyped-call]  # likewise
        collected: Iterable[Any] = super().collect()  # type: ignore[no-untyped-call]  # likewise
        return collected


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
